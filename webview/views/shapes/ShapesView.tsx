/** The module tree with its shapes and numbers, and beside it the selected row in depth. */
import './shapes.css';
import { integer, plural } from '../../../extension/reading/numbers.ts';
import type { Scene } from '../../../extension/reading/scene.ts';
import type { TreeNode } from '../../../extension/reading/tree.ts';
import { selected, tree } from '../../state.ts';
import { useSize } from '../../ui/size.ts';
import { Button, Checkbox, TextField } from '../../ui/toolkit.tsx';
import { Detail } from './Detail.tsx';
import { filter, foldRepeats, operations, rows, setDepth } from './options.ts';
import { Tree } from './Tree.tsx';

/** Wide enough for the detail beside the tree. */
const aside = 820;

export function ShapesView({ scene }: { readonly scene: Scene }) {
  const [element, size] = useSize<HTMLDivElement>();
  const node = nodeByKey(tree.value, selected.value);
  const placed = size.width >= aside ? 'beside' : 'below';
  return (
    <div class={`split ${placed}${node === undefined ? ' alone' : ''}`} ref={element} data-testid="shapes">
      <div class="pane">
        <Toolbar />
        <Tree scene={scene} />
      </div>
      {node !== undefined && <Detail key={node.key} scene={scene} node={node} />}
    </div>
  );
}

function Toolbar() {
  const { matching, total, rows: open } = rows.value;
  const filtered = filter.value.trim() !== '';
  return (
    <div class="toolbar">
      <TextField
        class="filter"
        icon="filter"
        placeholder="Filter layers"
        label="Filter layers by name or class"
        testId="filter"
        value={filter.value}
        onInput={(text) => {
          filter.value = text;
        }}
      />
      <Checkbox
        testId="toggle-operations"
        title="Operations that a module's forward does itself, in the order they ran"
        checked={operations.value}
        onChange={(on) => {
          operations.value = on;
        }}
      >
        Operations
      </Checkbox>
      <Checkbox
        testId="toggle-fold"
        title="Show equal neighbours once, with how many there are"
        checked={foldRepeats.value}
        onChange={(on) => {
          foldRepeats.value = on;
        }}
      >
        Fold repeats
      </Checkbox>
      <span class="end">
        <span class="quiet num" data-testid="row-count" title="Rows shown, of all there are">
          {filtered
            ? `${integer(matching)} of ${integer(total)} match`
            : open.length < total
              ? `${integer(open.length)} of ${integer(total)}`
              : plural(total, 'row')}
        </span>
        <Button
          appearance="icon"
          icon="expand-all"
          label="Expand all"
          testId="expand-all"
          onClick={() => setDepth(99)}
        />
        <Button
          appearance="icon"
          icon="collapse-all"
          label="Collapse all"
          testId="collapse-all"
          onClick={() => setDepth(1)}
        />
      </span>
    </div>
  );
}

function nodeByKey(root: TreeNode | undefined, key: string | undefined): TreeNode | undefined {
  if (root === undefined || key === undefined || root.key === key) return key === undefined ? undefined : root;
  for (const child of root.children) {
    const found = nodeByKey(child, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

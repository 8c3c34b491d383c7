/** The module tree with its shapes and numbers, and beside it the selected row in depth. */
import './shapes.css';
import { integer } from '../../../extension/reading/numbers.ts';
import { meanings } from '../../../extension/reading/provenance.ts';
import type { Scene } from '../../../extension/reading/scene.ts';
import type { TreeNode } from '../../../extension/reading/tree.ts';
import { selected, tree } from '../../state.ts';
import { Help } from '../../ui/Help.tsx';
import { Split } from '../../ui/Split.tsx';
import { Button, Checkbox, TextField } from '../../ui/toolkit.tsx';
import { Detail } from './Detail.tsx';
import { Facts } from './Facts.tsx';
import { filter, foldRepeats, operations, room, rows, setDepth } from './options.ts';
import { allColumns, cardHeight, narrow, rowHeight, Tree } from './Tree.tsx';

const detailWidth = 320;
/** Facts, filter and head of the tree. */
const aroundRows = 104;

export function ShapesView({ scene }: { readonly scene: Scene }) {
  const node = nodeByKey(tree.value, selected.value);
  return (
    <Split
      choice={room}
      testId="shapes"
      label="Room for the detail"
      needs={{ beside: allColumns + detailWidth, besideAtLeast: 760, below: 420 }}
      least={{ width: [240, 240], height: [130, 110] }}
      initial={(placement, whole, width) =>
        placement === 'beside'
          ? Math.min(460, Math.max(detailWidth, whole - allColumns), whole * 0.42)
          : // All there is to a short tree may be less than half.
            Math.max(whole * 0.52, whole - aroundRows - rows.value.total * (width < narrow ? cardHeight : rowHeight))
      }
      main={
        <div class="pane">
          <Facts scene={scene} />
          <Toolbar />
          <Tree scene={scene} />
        </div>
      }
      aside={node === undefined ? undefined : <Detail key={node.key} scene={scene} node={node} />}
    />
  );
}

const terms = [
  ['→ [batch 2, seq 8]', 'What goes in, and what comes out: the length of each axis after its name.'],
  ['×2', 'Equal blocks, shown once; click to show each.'],
  ['2 calls', 'The layer is called several times; the first call is shown.'],
  ['⋯', 'As it was before the last edit.'],
  ['bar under a time', 'Its share of the whole run. A time includes the rows below it.'],
  [
    '├▆┤',
    'Smallest and largest element, and one standard deviation around the mean. All rows share one scale: from the smallest to the largest element of any output.',
  ],
  ['μ, σ', 'Mean and standard deviation of the output’s elements.'],
  ['√ scale', 'The height of a histogram’s bars is the square root of the count, so that rare values are visible.'],
  ...(['inferred', 'executed', 'out of date', 'earlier run'] as const).map(
    (name) => [name, `${meanings[name]}.`] as const,
  ),
] as const;

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
        title="Show equal neighbours once, with their number"
        checked={foldRepeats.value}
        onChange={(on) => {
          foldRepeats.value = on;
        }}
      >
        Fold<span class="roomy"> repeats</span>
      </Checkbox>
      <span class="end">
        {filtered ? (
          <>
            <span class="quiet num" data-testid="row-count" title="Rows that match, of all there are">
              {integer(matching)} of {integer(total)} match
            </span>
            <Button
              appearance="icon"
              icon="clear-all"
              label="Clear the filter"
              testId="clear-filter"
              escape="filter"
              onClick={() => {
                filter.value = '';
              }}
            />
          </>
        ) : (
          open.length < total && (
            <span class="quiet num" data-testid="row-count" title="Rows shown, of all there are">
              {integer(open.length)} of {integer(total)}
            </span>
          )
        )}
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
        <Help of="Shapes" terms={terms} />
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

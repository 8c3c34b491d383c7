/** One row in depth: where it stands in the source, every tensor of it, and the chosen tensor's values. */
import type { FileTrace, SiteId } from '../../../core/trace/trace.ts';
import { formatConfig } from '../../../extension/reading/config.ts';
import { bytes, count, duration, flops, plural } from '../../../extension/reading/numbers.ts';
import { factsOf, ownTensors, type RowTensor } from '../../../extension/reading/row.ts';
import type { Scene } from '../../../extension/reading/scene.ts';
import type { TreeNode } from '../../../extension/reading/tree.ts';
import { selected } from '../../state.ts';
import { pressByArrows } from '../../ui/roving.ts';
import { Shape } from '../../ui/Shape.tsx';
import { SourceLink } from '../../ui/SourceLink.tsx';
import { BackButton } from '../../ui/Split.tsx';
import { Findings } from '../../ui/StatsPill.tsx';
import { Button, Dropdown } from '../../ui/toolkit.tsx';
import { chooseIn, lookAt } from '../looks.ts';
import { TensorView } from './TensorView.tsx';

export function Detail({ scene, node }: { readonly scene: Scene; readonly node: TreeNode }) {
  const { call = 0, tensor: chosen } = lookAt(node.key);
  const module = node.kind === 'op' ? undefined : scene.base.model.modules[node.module];
  const turn = Math.min(call, Math.max(0, (module?.calls.length ?? 1) - 1));
  const facts = factsOf(scene, node, turn);
  const tensors = [...facts.inputs, ...facts.outputs, ...ownTensors(scene, node)];
  const tensor = tensors.find((each) => keyOf(each) === chosen) ?? facts.outputs[0] ?? tensors[0];
  return (
    <aside class="pane detail" data-testid="detail" aria-label={`Details of ${node.label}`}>
      <div class="detail-head">
        <BackButton to="the tree" />
        <h2 title={module?.path}>{module?.path || node.label}</h2>
        <span class="class-name">{node.className}</span>
        <Button
          appearance="icon"
          icon="close"
          label="Close details"
          testId="close-detail"
          escape="detail"
          onClick={() => {
            selected.value = undefined;
          }}
        />
      </div>
      <div class="detail-body">
        <p class="facts-line num">
          {module?.detail !== undefined && (
            <span title={module.config && formatConfig(module.config)}>{module.detail}</span>
          )}
          {facts.parameters !== undefined && facts.parameters > 0 && <span>{count(facts.parameters)} parameters</span>}
          {facts.flops !== undefined && facts.flops > 0 && <span>{flops(facts.flops)}</span>}
          {facts.ms !== undefined && <span class={scene.outOfDate ? 'stale' : ''}>{duration(facts.ms)}</span>}
          {module !== undefined && !module.training && <span>eval mode</span>}
        </p>
        <Places file={scene.base.file} call={facts.site} made={module?.site} />
        {facts.calls > 1 && (
          <Dropdown
            label={`One of ${plural(facts.calls, 'call')}`}
            testId="call-picker"
            value={String(turn)}
            choices={Array.from({ length: Math.min(facts.calls, 200) }, (_, i) => ({
              value: String(i),
              label: `call ${i + 1} of ${facts.calls}`,
            }))}
            onChange={(value) => chooseIn(node.key, { call: Number(value) })}
          />
        )}
        {tensors.length === 0 ? (
          <p class="quiet">
            {scene.base.model.complete ? 'It was not called in this run.' : 'The run ended before it was called.'}
          </p>
        ) : (
          <TensorList
            tensors={tensors}
            chosen={tensor}
            stale={scene.outOfDate}
            onChoose={(each) => chooseIn(node.key, { tensor: keyOf(each) })}
          />
        )}
        {tensor !== undefined && <TensorView scene={scene} row={node.key} name={keyOf(tensor)} tensor={tensor} />}
      </div>
    </aside>
  );
}

const keyOf = (tensor: RowTensor): string => `${tensor.role} ${tensor.label}`;

function Places({
  file,
  call,
  made,
}: {
  readonly file: FileTrace;
  readonly call: SiteId | undefined;
  readonly made: SiteId | undefined;
}) {
  return (
    <p class="places">
      {call !== undefined && call !== made && (
        <span>
          called on <SourceLink file={file} site={call} />
        </span>
      )}
      {made !== undefined && (
        <span>
          made on <SourceLink file={file} site={made} testId="go-to-definition" />
        </span>
      )}
    </p>
  );
}

interface ListProps {
  readonly tensors: readonly RowTensor[];
  readonly chosen: RowTensor | undefined;
  readonly stale: boolean;
  onChoose(tensor: RowTensor): void;
}

function TensorList({ tensors, chosen, stale, onChoose }: ListProps) {
  return (
    <ul class="tensors" data-testid="tensors" aria-label="Tensors" onKeyDown={pressByArrows}>
      {tensors.map((each) => (
        <li key={keyOf(each)}>
          <button
            type="button"
            aria-pressed={chosen !== undefined && keyOf(each) === keyOf(chosen)}
            tabIndex={chosen !== undefined && keyOf(each) === keyOf(chosen) ? 0 : -1}
            data-testid="tensor"
            data-tensor={keyOf(each)}
            onClick={() => onChoose(each)}
          >
            <span class={`tensor-label ${each.role}`}>{each.label}</span>
            <Shape tensor={each.shown} />
            <span class="quiet num">
              {each.shown.dtype} {bytes(each.shown.bytes)}
            </span>
            {each.tiedTo !== undefined && (
              <span class="tag" title={`The same tensor as ${each.tiedTo}`}>
                tied to {each.tiedTo}
              </span>
            )}
            {each.executed?.stats !== undefined && (
              <span class={stale ? 'stale' : ''}>
                <Findings stats={each.executed.stats} />
              </span>
            )}
          </button>
        </li>
      ))}
    </ul>
  );
}

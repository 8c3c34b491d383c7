/** One layer's gradients in depth: of its output and each parameter, beside the value they belong to. */
import type { Statistics, TensorId } from '../../../core/trace/trace.ts';
import { type GradientRow, normOf } from '../../../extension/reading/gradients.ts';
import { number } from '../../../extension/reading/numbers.ts';
import type { RunOf, Scene } from '../../../extension/reading/scene.ts';
import { useAnswer } from '../../ask.ts';
import { HistogramChart } from '../../charts/HistogramChart.tsx';
import { Gone } from '../../ui/Gone.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { pressByArrows } from '../../ui/roving.ts';
import { Shape } from '../../ui/Shape.tsx';
import { SourceLink } from '../../ui/SourceLink.tsx';
import { BackButton } from '../../ui/Split.tsx';
import { StatsPill } from '../../ui/StatsPill.tsx';
import { Button } from '../../ui/toolkit.tsx';
import { chooseIn, lookAt } from '../looks.ts';
import { verdictIcon, verdictWhy } from './verdicts.ts';

interface Props {
  readonly scene: Scene;
  readonly values: RunOf;
  readonly row: GradientRow;
  onClose(): void;
}

interface Entry {
  readonly name: string;
  readonly tensor: TensorId;
  readonly gradient: Statistics;
  readonly value?: Statistics;
}

export function GradientDetail({ scene, values, row, onClose }: Props) {
  const entries: readonly Entry[] = [
    ...(row.output === undefined ? [] : [{ name: row.step === undefined ? 'out' : 'h', ...row.output }]),
    ...row.parameters,
  ];
  const look = `∂ ${row.key}`;
  const entry = entries.find((each) => each.name === lookAt(look).tensor) ?? entries[0];
  return (
    <aside class="pane detail" data-testid="gradient-detail" aria-label={`Gradients of ${row.path || row.className}`}>
      <div class="detail-head">
        <BackButton to="the list" />
        <h2 title={row.path}>
          {row.path || row.className}
          {row.step !== undefined && `, step ${row.step.index}`}
        </h2>
        <span class="class-name">{row.className}</span>
        <SourceLink file={values.file} site={row.site} />
        <Button
          appearance="icon"
          icon="close"
          label="Close details"
          testId="close-gradient-detail"
          escape="detail"
          onClick={onClose}
        />
      </div>
      <div class="detail-body">
        {row.verdict !== undefined && (
          <p class={row.verdict === 'nan' || row.verdict === 'exploding' ? 'finding error' : 'finding warning'}>
            <Icon name={verdictIcon[row.verdict]} />
            {verdictWhy[row.verdict]}.
          </p>
        )}
        <ul class="tensors" aria-label="Gradients" onKeyDown={pressByArrows}>
          {entries.map((each) => (
            <li key={each.name}>
              <button
                type="button"
                aria-pressed={each === entry}
                tabIndex={each === entry ? 0 : -1}
                data-testid="gradient-of"
                data-name={each.name}
                onClick={() => chooseIn(look, { tensor: each.name })}
              >
                <span class="tensor-label">∂{each.name}</span>
                <Shape tensor={values.model.tensors[each.tensor]} />
                <span class={scene.outOfDate ? 'num end stale' : 'num end'}>‖{number(normOf(each.gradient))}‖</span>
              </button>
            </li>
          ))}
        </ul>
        {entry !== undefined && <Pair key={entry.name} scene={scene} values={values} entry={entry} />}
      </div>
    </aside>
  );
}

function Pair({ scene, values, entry }: { readonly scene: Scene; readonly values: RunOf; readonly entry: Entry }) {
  const held = values.model.tensors[entry.tensor]?.held === true;
  const query = { run: values.file.run, model: values.index, tensor: entry.tensor, bins: 48 };
  const gradient = useAnswer('histogram', held ? { ...query, of: 'gradient' } : null);
  const value = useAnswer('histogram', held ? { ...query, of: 'value' } : null);
  const ratio =
    entry.value !== undefined && normOf(entry.value) !== 0 ? normOf(entry.gradient) / normOf(entry.value) : undefined;
  return (
    <section class="tensor-view">
      {ratio !== undefined && (
        <p
          class={scene.outOfDate ? 'num stale' : 'num'}
          data-testid="gradient-ratio"
          title="Norm of the gradient over the norm of the value"
        >
          <span class="quiet">‖gradient‖ ÷ ‖value‖ </span>
          <b>{number(ratio)}</b>
        </p>
      )}
      <h3>Gradient</h3>
      <StatsPill stats={entry.gradient} stale={scene.outOfDate} />
      {gradient.gone === true ? (
        <Gone />
      ) : gradient.data === undefined ? (
        <div class="histogram placeholder" />
      ) : (
        <HistogramChart histogram={gradient.data} label="Gradient" stale={scene.outOfDate} tone="gradient" />
      )}
      {gradient.error !== undefined && <p class="error-text">{gradient.error}</p>}
      <h3>Value</h3>
      {entry.value !== undefined && <StatsPill stats={entry.value} stale={scene.outOfDate} />}
      {value.gone === true ? null : value.data === undefined ? (
        <div class="histogram placeholder" />
      ) : (
        <HistogramChart histogram={value.data} label="Value" stale={scene.outOfDate} />
      )}
      {value.error !== undefined && <p class="error-text">{value.error}</p>}
    </section>
  );
}

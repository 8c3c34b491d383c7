/** One tensor's values, or its gradient's: numbers, a slice of it or several as pictures, and its histogram. */
import type { Statistics, TensorRecord } from '../../../core/trace/trace.ts';
import { normOf } from '../../../extension/reading/gradients.ts';
import { integer, number, share } from '../../../extension/reading/numbers.ts';
import { originOf } from '../../../extension/reading/provenance.ts';
import type { RowTensor } from '../../../extension/reading/row.ts';
import type { Scene } from '../../../extension/reading/scene.ts';
import { useAnswer } from '../../ask.ts';
import { HistogramChart } from '../../charts/HistogramChart.tsx';
import { Provenance } from '../../ui/Provenance.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { Findings } from '../../ui/StatsPill.tsx';
import { valueOrGradient } from './options.ts';
import { SliceView } from './SliceView.tsx';

interface Props {
  readonly scene: Scene;
  /** Key of the row it is looked at in, and its own name there. */
  readonly row: string;
  readonly name: string;
  readonly tensor: RowTensor;
}

export function TensorView({ scene, row, name, tensor }: Props) {
  const { executed } = tensor;
  if (scene.values === undefined || executed === undefined || (executed.stats === undefined && !executed.held))
    return <p class="quiet nothing">Run the model to see the values of this tensor.</p>;
  const of = executed.gradient === undefined ? 'value' : valueOrGradient.value;
  const stats = of === 'value' ? executed.stats : executed.gradient;
  return (
    <section class="tensor-view" data-testid="tensor-view">
      <div class="line">
        <Segments<'value' | 'gradient'>
          label="Value or gradient"
          testId="tensor-of"
          value={of}
          choices={[
            { value: 'value', label: 'Value' },
            {
              value: 'gradient',
              label: 'Gradient',
              ...(executed.gradient === undefined ? { disabled: 'Run backward to see its gradient' } : {}),
            },
          ]}
          onChange={(of) => {
            valueOrGradient.value = of;
          }}
        />
        <Provenance origin={originOf(scene.values.model, scene)} testId="tensor-provenance" />
      </div>
      {stats !== undefined && <StatsTable stats={stats} stale={scene.outOfDate} />}
      {executed.held ? (
        <Pictures key={`${executed.id} ${of}`} {...{ scene, row, name, of }} tensor={executed} />
      ) : (
        <p class="quiet">Its elements were not kept, only these numbers.</p>
      )}
    </section>
  );
}

interface PicturesProps extends Omit<Props, 'tensor'> {
  readonly tensor: TensorRecord;
  readonly of: 'value' | 'gradient';
}

function Pictures({ scene, row, name, tensor, of }: PicturesProps) {
  const { values } = scene;
  const question = values === undefined ? null : { run: values.file.run, model: values.index, tensor: tensor.id, of };
  const histogram = useAnswer('histogram', question === null ? null : { ...question, bins: 48 });
  // The picture is what the detail is opened for: it comes first, where it is seen without scrolling.
  return (
    <>
      {question !== null && <SliceView {...{ row, name, tensor }} query={question} stale={scene.outOfDate} />}
      {histogram.error !== undefined && <p class="error-text">{histogram.error}</p>}
      {histogram.data !== undefined ? (
        <HistogramChart histogram={histogram.data} label={`Histogram of the ${of}`} stale={scene.outOfDate} tone={of} />
      ) : (
        histogram.gone !== true && <div class="histogram placeholder" />
      )}
    </>
  );
}

function StatsTable({ stats, stale }: { readonly stats: Statistics; readonly stale: boolean }) {
  const cells: readonly (readonly [string, string, string?])[] = [
    ['min', number(stats.min)],
    ['max', number(stats.max)],
    ['mean', number(stats.mean)],
    ['std', number(stats.std)],
    ['norm', number(normOf(stats)), 'L2: the root of the sum of squares'],
    [
      'zeros',
      stats.zeros === 0 ? '0' : share(stats.zeros, stats.count),
      `${integer(stats.zeros)} of ${integer(stats.count)}`,
    ],
  ];
  return (
    <div class={stale ? 'stats stale' : 'stats'} data-testid="stats">
      <p class="findings">
        <Findings stats={stats} />
      </p>
      <dl>
        {cells.map(([name, text, title]) => (
          <div key={name} title={title}>
            <dt>{name}</dt>
            <dd class="num" data-stat={name}>
              {text}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

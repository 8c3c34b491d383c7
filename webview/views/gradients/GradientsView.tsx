/** How the gradient fares on its way from the loss back to the first layer: one chart, its rows, and one of them in depth. */
import './gradients.css';
import { computed } from '@preact/signals';
import * as v from 'valibot';
import {
  type GradientRow,
  gradientsOf,
  relativeExploding,
  relativeVanishing,
  type Thresholds,
} from '../../../extension/reading/gradients.ts';
import { number, plural, powerOfTen } from '../../../extension/reading/numbers.ts';
import type { RunOf, Scene } from '../../../extension/reading/scene.ts';
import { persisted } from '../../persisted.ts';
import { within } from '../../room.ts';
import { attend, scene as currentScene, type Interest, selected } from '../../state.ts';
import { Empty } from '../../ui/Empty.tsx';
import { Help } from '../../ui/Help.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Sash } from '../../ui/Sash.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { Split, splitChoice } from '../../ui/Split.tsx';
import { useSize } from '../../ui/size.ts';
import { FlowChart } from './FlowChart.tsx';
import { GradientDetail } from './GradientDetail.tsx';
import { GradientList } from './GradientList.tsx';
import { verdictIcon, verdictText } from './verdicts.ts';

const room = splitChoice('gradients');
/** Pixels of the chart, as it was dragged. */
const chartHeight = persisted('gradients.chart', undefined, v.optional(v.number()), 'panel');
const chartLeast = 56;
const listLeast = 110;
const ways = v.picklist(['layers', 'blocks', 'steps']);
type Way = v.InferOutput<typeof ways>;
const which = persisted<Way>('gradients.which', 'layers', ways);
/** The row chosen here, by key; else one of the layer that is selected everywhere. */
const chosenKey = persisted('gradients.row', undefined, v.optional(v.string()));
const gradients = computed(() => {
  const model = currentScene.value?.values?.model;
  if (model === undefined) return undefined;
  const wanted = gradientsOf(model, which.value);
  return which.value === 'layers' || wanted.rows.length > 0 ? wanted : gradientsOf(model, 'layers');
});

const hasBlocks = computed(() => {
  const model = currentScene.value?.values?.model;
  return model !== undefined && gradientsOf(model, 'blocks').rows.length > 0;
});
const hasSteps = computed(() => {
  const model = currentScene.value?.values?.model;
  return model !== undefined && gradientsOf(model, 'steps').rows.length > 0;
});

export function GradientsView({ scene }: { readonly scene: Scene }) {
  const { values } = scene;
  const now = gradients.value;
  if (values === undefined || now === undefined || now.rows.length === 0)
    return (
      <Empty icon="graph-line" title="Follow the gradient" mode="backward" testId="gradients-empty">
        {values?.file.mode === 'backward'
          ? 'The backward run left no gradients: nothing that requires a gradient leads to the loss.'
          : 'Run backward to see how large ∂L/\u2060∂out is at every layer, and where it vanishes or explodes.'}
      </Empty>
    );
  return <Panes scene={scene} values={values} rows={now.rows} thresholds={now.thresholds} />;
}

interface Props {
  readonly scene: Scene;
  readonly values: RunOf;
  readonly rows: readonly GradientRow[];
  readonly thresholds: Thresholds | undefined;
}

function Panes({ scene, values, rows, thresholds }: Props) {
  const byKey = rows.findIndex((row) => row.key === chosenKey.value);
  const layer = selected.value === '·' ? '' : selected.value;
  const chosen = byKey >= 0 && rows[byKey]?.path === layer ? byKey : rows.findIndex((row) => row.path === layer);
  const row = rows[chosen];
  const choose = (index: number, interest: Interest): void => {
    const next = rows[index];
    if (next === undefined) return;
    chosenKey.value = next.key;
    selected.value = next.path === '' ? '·' : next.path;
    if (interest !== 'pass') room.opened.value = true;
    attend(values.file, next.site, interest);
  };
  return (
    <Split
      choice={room}
      testId="gradients"
      class="gradients"
      label="Room for the detail"
      needs={{ beside: 820, besideAtLeast: 640, below: 520 }}
      least={{ width: [240, 240], height: [220, 110] }}
      initial={(placement, whole) => (placement === 'beside' ? within(whole * 0.34, detailWidths) : whole * 0.42)}
      main={<Flow {...{ scene, values, rows, thresholds, chosen }} onChoose={choose} />}
      aside={
        row && (
          <GradientDetail
            key={row.key}
            scene={scene}
            values={values}
            row={row}
            onClose={() => (selected.value = undefined)}
          />
        )
      }
    />
  );
}

const detailWidths = { least: 320, most: 460 };

interface FlowProps extends Props {
  readonly chosen: number;
  onChoose(index: number, interest: Interest): void;
}

function Flow({ scene, values, rows, thresholds, chosen, onChoose }: FlowProps) {
  const [pane, { height: whole }] = useSize<HTMLDivElement>();
  const limits = { least: chartLeast, most: whole - listLeast - (whole < lowPane ? aroundLow : aroundChart) };
  const height = Math.round(within(chartHeight.value ?? within(whole * 0.3, { least: 72, most: 220 }), limits));
  return (
    <div class="pane" ref={pane}>
      <Summary scene={scene} values={values} rows={rows} thresholds={thresholds} />
      <FlowChart
        height={height}
        rows={rows}
        thresholds={thresholds}
        chosen={chosen}
        stale={scene.outOfDate}
        onChoose={(index) => onChoose(index, 'look')}
      />
      <Sash
        axis="y"
        size={height}
        limits={limits}
        label="Height of the chart"
        testId="chart-sash"
        onSize={(pixels) => {
          chartHeight.value = pixels;
        }}
        onReset={() => {
          chartHeight.value = undefined;
        }}
      />
      <GradientList rows={rows} values={values} chosen={chosen} stale={scene.outOfDate} onChoose={onChoose} />
    </div>
  );
}

/** Summary above it; ticks and legend below it, of a low one the legend only. */
const aroundChart = 134;
const aroundLow = 100;
const lowPane = 400;

const terms = [
  ['‖∂out‖', 'The L2 norm of ∂L/∂out: how strongly the loss depends on the layer’s output.'],
  ['‖∂params‖', 'The same for the layer’s own parameters, taken together.'],
  ['ref.', 'What the other layers are compared with: the median over the third of the layers nearest the loss.'],
  [
    'vanishing, exploding',
    `Below ${powerOfTen(Math.log10(relativeVanishing))} of the reference; above ${powerOfTen(Math.log10(relativeExploding))} times it.`,
  ],
  ['zero-gradient', 'Every element is exactly 0: nothing is learned from this input.'],
  ['Gain', '‖∂in‖ ÷ ‖∂out‖: below 1 the layer makes the gradient smaller on its way back, above 1 larger.'],
  ['×2', 'The second call of a layer that is called several times.'],
  ['Blocks', 'The layers that contain others, instead of those they contain.'],
  [
    'Steps',
    'The steps of each recurrence: ∂L/∂h of its state after each, in the order they were computed. Gain is what one step back makes of it.',
  ],
  ['lines', 'Join layers of one kind only: the same place in repeated blocks.'],
] as const;

function Summary({ scene, values, rows, thresholds }: Props) {
  const { loss } = values.model;
  const marked = (['nan', 'exploding', 'dead', 'vanishing'] as const).flatMap((verdict) => {
    const n = rows.filter((row) => row.verdict === verdict).length;
    return n === 0 ? [] : [{ verdict, n }];
  });
  return (
    <div class="toolbar summary">
      {loss !== undefined && (
        <span class={scene.outOfDate ? 'loss stale' : 'loss'} data-testid="loss">
          {loss.source === 'defined' ? (
            <>
              loss <b class="num">{loss.value === undefined ? '–' : number(loss.value, 4)}</b>
            </>
          ) : (
            <span title="The model defines no loss, so gradients are of the sum of its outputs">
              no loss defined: gradients of the <b>sum of output</b>
              {loss.value !== undefined && <b class="num"> {number(loss.value, 4)}</b>}
            </span>
          )}
        </span>
      )}
      {marked.map(({ verdict, n }) => (
        <span
          key={verdict}
          class={`finding ${verdict === 'nan' || verdict === 'exploding' ? 'error' : 'warning'}`}
          data-testid={`count-${verdict}`}
        >
          <Icon name={verdictIcon[verdict]} />
          {plural(n, `${verdictText[verdict]} layer`)}
        </span>
      ))}
      <span class="end">
        <Segments<Way>
          label="What the rows are"
          testId="gradient-rows"
          value={
            rows.some(({ step }) => step !== undefined)
              ? 'steps'
              : rows.every(({ block }) => block)
                ? 'blocks'
                : 'layers'
          }
          choices={[
            { value: 'layers', label: 'Layers' },
            { value: 'blocks', label: 'Blocks', ...(hasBlocks.value ? {} : { disabled: 'No layer contains another' }) },
            ...(hasSteps.value ? [{ value: 'steps' as const, label: 'Steps' }] : []),
          ]}
          onChange={(next) => {
            which.value = next;
          }}
        />
        <Help of="Gradients" terms={terms} />
      </span>
      <span class="thresholds quiet num" data-testid="thresholds">
        {thresholds === undefined ? (
          'no reference: the gradient is not finite in the layers nearest the loss'
        ) : (
          <span
            title={`The reference is the layers nearest the loss. Vanishing: below ${powerOfTen(Math.log10(relativeVanishing))} of it. Exploding: above ${powerOfTen(Math.log10(relativeExploding))} times it.`}
          >
            ref. {number(thresholds.reference)} · vanishing below {number(thresholds.vanishing, 2)} · exploding above{' '}
            {number(thresholds.exploding, 2)}
          </span>
        )}
      </span>
    </div>
  );
}

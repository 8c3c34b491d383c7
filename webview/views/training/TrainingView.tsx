/** A model's training: its loss as it comes, how fast it goes, how it ended, and what it came to. */
import './training.css';
import * as v from 'valibot';
import type { Training } from '../../../extension/protocol/training.ts';
import { duration, integer, number, plural } from '../../../extension/reading/numbers.ts';
import type { Scene } from '../../../extension/reading/scene.ts';
import { isTraining, stepRate, timeLeft } from '../../../extension/reading/training.ts';
import { LossChart } from '../../charts/LossChart.tsx';
import { axisFor, hasLog } from '../../charts/lossScale.ts';
import { persisted } from '../../persisted.ts';
import { within } from '../../room.ts';
import { lossAxis, stopTraining, train, trainings } from '../../state.ts';
import { Empty } from '../../ui/Empty.tsx';
import { Help } from '../../ui/Help.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Provenance } from '../../ui/Provenance.tsx';
import { Sash } from '../../ui/Sash.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { useSize } from '../../ui/size.ts';
import { Button } from '../../ui/toolkit.tsx';
import { LossTable } from './LossTable.tsx';
import { Failure, Outcome } from './Outcome.tsx';

const table = persisted('training.table', false);
/** Pixels of the chart, as it was dragged. */
const chartHeight = persisted('training.chart', undefined, v.optional(v.number()), 'panel');
const chartLeast = 56;
const tableLeast = 96;
/** What stands above the chart and between it and the table: controls, pace, steps, legend. */
const aroundChart = 132;

export function TrainingView({ scene }: { readonly scene: Scene }) {
  const { model } = scene.base;
  const training = trainings.value.get(model.exportName);
  if (training !== undefined)
    return <Course training={training} again={model.train !== undefined} name={model.exportName} />;
  if (model.train === undefined)
    return (
      <Empty icon="mortar-board" title="No train section yet" testId="training-none">
        Add <code>{'train: { steps: 100, optimizer: (parameters) => new optim.Adam(parameters) }'}</code> to{' '}
        <code>defineModel</code>, and a loss, and its training is drawn here step by step.
      </Empty>
    );
  return (
    <Empty
      icon="mortar-board"
      title="Watch it learn"
      testId="training-empty"
      action={{ label: '▷ Train', testId: 'empty-train', run: () => void train(model.exportName) }}
    >
      {plural(model.train.steps, 'step')} as its train section says. The loss is drawn as it comes; the code can be
      edited and run meanwhile.
    </Empty>
  );
}

const terms = [
  ['loss', 'What the train section minimises, at each step before the parameters are updated.'],
  [
    'band',
    'Where a point stands for several steps, the band runs from their smallest to their largest loss; the line is the mean.',
  ],
  ['Log, Linear', 'On a log scale, a loss that falls exponentially is a straight line.'],
  ['Initial, Trained', 'Which parameters Run and Backward use from now on.'],
] as const;

interface Props {
  readonly training: Training;
  readonly again: boolean;
  readonly name: string;
}

function Course({ training, again, name }: Props) {
  const [element, size] = useSize<HTMLDivElement>();
  const { state, step, steps, curve, outOfDate } = training;
  const axis = lossAxis.value === 'log' && !hasLog(curve) ? 'linear' : (lossAxis.value ?? axisFor(curve));
  const room = size.height - aroundChart;
  const limits = { least: chartLeast, most: room - tableLeast };
  const usual = Math.max(90, Math.min(320, size.height * (table.value ? 0.34 : 0.5)));
  const height = Math.round(within(chartHeight.value ?? usual, limits));
  // Where there is room for one of them only, it is what was asked for last.
  const together = table.value && room >= chartLeast + tableLeast;
  return (
    <div class="training" ref={element} data-testid="training" data-state={state} data-step={step}>
      <div class="toolbar">
        {isTraining(training) ? (
          <Button
            appearance="primary"
            icon="debug-stop"
            testId="stop-training"
            title="Stop after this step and keep what was learned so far"
            disabled={state === 'stopping'}
            onClick={() => void stopTraining(name)}
          >
            {state === 'stopping' ? 'Stopping…' : 'Stop'}
          </Button>
        ) : (
          <Button
            appearance={outOfDate ? 'primary' : 'secondary'}
            icon="mortar-board"
            testId="train"
            title="Train from the initial parameters"
            disabled={!again}
            onClick={() => void train(name)}
          >
            Train again
          </Button>
        )}
        <State training={training} />
        <span class="end">
          <Segments
            label="Scale of the loss"
            testId="loss-axis"
            value={axis}
            choices={[
              {
                value: 'log',
                label: 'Log',
                ...(hasLog(curve) ? {} : { disabled: 'A log scale needs losses above 0' }),
              },
              { value: 'linear', label: 'Linear' },
            ]}
            onChange={(next) => {
              lossAxis.value = next;
            }}
          />
          <Button
            icon="table"
            appearance="icon"
            label="Losses as a table"
            testId="loss-table-toggle"
            pressed={table.value}
            onClick={() => {
              table.value = !table.value;
            }}
          />
          <Help of="Training" terms={terms} />
        </span>
      </div>
      <progress
        class="steps"
        max={Math.max(1, steps)}
        value={step}
        aria-label={`${integer(step)} of ${integer(steps)} steps`}
      />
      <Pace training={training} />
      <div class="course">
        <Failure training={training} />
        {step > 0 && (!table.value || together) && (
          <>
            <LossChart curve={curve} step={step} axis={axis} stale={outOfDate} height={height} />
            <Sash
              axis="y"
              size={height}
              limits={limits}
              label="Height of the chart"
              testId="loss-sash"
              onSize={(pixels) => {
                chartHeight.value = pixels;
              }}
              onReset={() => {
                chartHeight.value = undefined;
              }}
            />
          </>
        )}
        {step > 0 && table.value && (
          <LossTable
            curve={curve}
            step={step}
            stale={outOfDate}
            height={Math.max(tableLeast, together ? room - height : room)}
          />
        )}
        <Outcome training={training} />
      </div>
    </div>
  );
}

/** What is going on, or how it ended. */
function State({ training }: { readonly training: Training }) {
  const { state, step, steps, outOfDate } = training;
  const of = `step ${integer(step)} of ${integer(steps)}`;
  const text = {
    running: step === 0 ? 'starts' : of,
    stopping: `${of}, its last`,
    done: `trained ${plural(step, 'step')}`,
    stopped: step === 0 ? 'stopped before its first step' : `stopped at ${of}`,
    failed: steps === 0 ? 'failed before its first step' : `failed at step ${integer(step + 1)} of ${integer(steps)}`,
  }[state];
  const icon = { done: 'pass', stopped: 'debug-stop', failed: 'error' }[state as 'done' | 'stopped' | 'failed'];
  return (
    <span class={`training-state ${state}`} role="status" data-testid="training-state">
      {icon !== undefined && <Icon name={icon} class={state} />}
      <span class="num">{text}</span>
      {outOfDate && (
        <Provenance
          origin={{ provenance: 'out of date', meaning: 'The code was edited after this training began' }}
          testId="training-stale"
        />
      )}
    </span>
  );
}

/** Loss, speed and time in figures. */
function Pace({ training }: { readonly training: Training }) {
  const { firstLoss, loss, ms, outOfDate } = training;
  const rate = stepRate(training);
  const left = timeLeft(training);
  const facts: [name: string, value: string, title: string][] = [];
  if (firstLoss !== undefined && loss !== undefined)
    facts.push(['loss', `${number(firstLoss)} → ${number(loss)}`, 'At the first step, and at the last so far']);
  if (rate !== undefined) facts.push(['steps a second', number(rate), 'Over all steps so far']);
  if (ms > 0) facts.push(['elapsed', duration(ms), 'Since before the first step']);
  if (left !== undefined) facts.push(['left', duration(left), 'At the speed so far']);
  return (
    <dl class={outOfDate ? 'facts pace stale' : 'facts pace'} data-testid="training-pace">
      {facts.map(([name, value, title]) => (
        <div key={name} class="fact" title={title} data-testid={`pace-${name.replaceAll(' ', '-')}`}>
          {name === 'loss' && <dt>{name}</dt>}
          <dd class="num">{value}</dd>
          {name !== 'loss' && <dt>{name}</dt>}
        </div>
      ))}
    </dl>
  );
}

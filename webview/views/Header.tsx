/** Which model this is, how large, where its numbers come from, and the two runs. */
import type { ComponentChildren } from 'preact';
import type { ModelTrace } from '../../core/trace/trace.ts';
import { trainedText } from '../../extension/reading/format.ts';
import { bytes, clock, count, duration, flops, integer } from '../../extension/reading/numbers.ts';
import type { Scene } from '../../extension/reading/scene.ts';
import {
  activity,
  modelName,
  models,
  outcome,
  runError,
  running,
  seen,
  trainings,
  useParameters,
  view,
} from '../state.ts';
import { Icon } from '../ui/Icon.tsx';
import { Provenance } from '../ui/Provenance.tsx';
import { Elapsed, type Mode, RunButton } from '../ui/RunButton.tsx';
import { Segments } from '../ui/Segments.tsx';
import { Dropdown } from '../ui/toolkit.tsx';

export function Header({ scene }: { readonly scene: Scene }) {
  const { model } = scene.base;
  const { totals } = model;
  const executed = scene.values?.model;
  // What the view needs, and whether it is there.
  const wanted: Mode = view.value === 'gradients' ? 'backward' : 'forward';
  const shown = scene.values?.file.mode;
  const needed = scene.outOfDate || shown === undefined || (wanted === 'backward' && shown !== 'backward');
  const tied = totals.parameters === totals.trainable ? '' : ` · ${integer(totals.trainable)} trainable`;
  return (
    <header class="header" data-testid="header" aria-busy={running.value !== null}>
      <RunBar />
      <div class="title">
        <Icon name="symbol-class" class="model-icon" />
        {models.value.length > 1 ? (
          <Dropdown
            class="model-picker"
            label="Model"
            testId="model-picker"
            value={model.exportName}
            choices={models.value.map((each) => ({ value: each.exportName, label: each.name }))}
            onChange={(name) => {
              modelName.value = name;
            }}
          />
        ) : (
          <h1 data-testid="model-name">{model.name}</h1>
        )}
        {model.className !== model.name && <span class="class-name">{model.className}</span>}
        <span class="actions">
          {(['forward', 'backward'] as const).map((mode) => (
            <RunButton
              key={mode}
              mode={mode}
              appearance={mode === wanted && needed ? 'primary' : 'secondary'}
              testId={`run-${mode}`}
            />
          ))}
        </span>
      </div>
      <div class="facts-line">
        <dl class="facts">
          <Fact
            name="parameters"
            title={`${integer(totals.parameters)} parameters${tied} · ${bytes(totals.parameterBytes)}`}
          >
            {count(totals.parameters)}
          </Fact>
          <Fact name="weights" title="Bytes of all parameters">
            {bytes(totals.parameterBytes)}
          </Fact>
          <Fact name="activations" title="Bytes of everything the forward run makes">
            {bytes(totals.activationBytes)}
          </Fact>
          <Fact
            name={model.complete ? 'forward' : 'so far'}
            title={`${integer(totals.flops)} floating-point operations in ${model.complete ? 'one forward run' : 'what ran before it stopped'}`}
          >
            {flops(totals.flops)}
          </Fact>
          {model.ran !== undefined && (
            <Fact
              name="operations kept"
              title={`${integer(model.ran)} operations ran; shown are the first ${integer(model.ops.length)}`}
            >
              {`${count(model.ops.length)} of ${count(model.ran)}`}
            </Fact>
          )}
          {executed?.totals.ms !== undefined && (
            <Fact name="time" title="Wall time of the executed run" stale={scene.outOfDate}>
              {duration(executed.totals.ms)}
            </Fact>
          )}
        </dl>
        <span class="chips">
          {running.value !== null && (
            <span class="chip">
              {running.value}
              <Elapsed />
            </span>
          )}
          <Ended />
          <ParametersSwitch model={model.exportName} />
          <Origin scene={scene} />
        </span>
      </div>
      {runError.value !== undefined && (
        <p class="error-text" role="alert" data-testid="run-error">
          <Icon name="error" /> {runError.value}
        </p>
      )}
    </header>
  );
}

interface FactProps {
  readonly name: string;
  readonly title: string;
  readonly stale?: boolean;
  readonly children: ComponentChildren;
}

function Fact({ name, title, stale = false, children }: FactProps) {
  return (
    <div class={stale ? 'fact stale' : 'fact'} title={title} data-testid={`fact-${name.replace(' ', '-')}`}>
      <dd class="num">{children}</dd>
      <dt>{name}</dt>
    </div>
  );
}

/** Over what is there, so that nothing moves: a line that says a run goes on; how far it is, for who points at it or listens. */
function RunBar() {
  const mode = running.value;
  const now = activity.value;
  const phase = now?.phase === undefined || now.phase === mode ? '' : `, ${now.phase}`;
  const label = mode === null ? '' : `${now?.stopping ? 'Stopping' : 'Running'} ${mode}${phase}`;
  return (
    <>
      {mode !== null && (
        <div
          class="run-bar"
          role="progressbar"
          aria-label={label}
          title={now === undefined ? label : `${label}: ${integer(now.ops)} operations, ${bytes(now.bytes)}`}
          data-testid="progress"
        />
      )}
      <span class="for-listeners" role="status">
        {mode === null ? outcomeText() : label}
      </span>
    </>
  );
}

function outcomeText(): string {
  const last = outcome.value;
  return last === undefined || last.kind === 'done' ? '' : `${last.mode} ${last.kind}`;
}

/** That the last run did not end well: what is shown is then of an earlier one, or a part. */
function Ended() {
  const last = outcome.value;
  const text = outcomeText();
  if (last === undefined || text === '') return null;
  return (
    <span class={`chip ${last.kind}`} data-testid="outcome" data-outcome={last.kind} title={last.problem}>
      <Icon name={last.kind === 'failed' ? 'error' : 'circle-slash'} />
      {text}
      <span class="num"> {clock(last.endedAt)}</span>
    </span>
  );
}

/** Where shapes come from, and where numbers do when that is another run. */
function Origin({ scene }: { readonly scene: Scene }) {
  const { base, values, outOfDate } = scene;
  const at = seen.value !== undefined && values?.file.run === seen.value.run ? clock(seen.value.at) : undefined;
  const note = values === undefined ? undefined : noteOf(values.model);
  return (
    <>
      {values?.model !== base.model && (
        <Provenance kind={base.model.provenance} testId="provenance-shapes" title={shapesTitle(scene)} note="shapes" />
      )}
      {values !== undefined && (
        <Provenance
          kind={values.model.provenance}
          outOfDate={outOfDate}
          earlier={outcome.value?.kind === 'failed'}
          at={at}
          note={note}
          title={values.model.fallback === undefined ? undefined : `Computed because ${values.model.fallback}`}
        />
      )}
    </>
  );
}

/** How far a run went, and whose parameters it had where that is in question. */
function noteOf({ stoppedAt, trained, exportName }: ModelTrace): string | undefined {
  const parts = stoppedAt === undefined ? [] : [`to ${stoppedAt}`];
  if (trained !== undefined) parts.push(trainedText(trained));
  else if ((trainings.value.get(exportName)?.parameters ?? 'none') !== 'none') parts.push('initial parameters');
  return parts.length === 0 ? undefined : parts.join(' · ');
}

/** Once a model is trained, which parameters its runs use. */
function ParametersSwitch({ model }: { readonly model: string }) {
  const use = trainings.value.get(model)?.parameters ?? 'none';
  if (use === 'none') return null;
  return (
    <span class="parameters" title="Which parameters Run, Backward and what they show use">
      <span class="quiet">parameters</span>
      <Segments
        label="Parameters that runs use"
        testId="parameters"
        value={use}
        choices={[
          { value: 'initial', label: 'Initial' },
          { value: 'trained', label: 'Trained' },
        ]}
        onChange={(next) => void useParameters(next)}
      />
    </span>
  );
}

function shapesTitle(scene: Scene): string {
  return scene.values === undefined
    ? 'From shapes alone: nothing was computed yet'
    : 'Shapes are of the present text, from shapes alone; numbers are of the executed run';
}

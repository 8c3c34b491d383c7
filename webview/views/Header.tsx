/** Which model this is, what goes on with it, and the two runs: one line. */
import { bytes, clock, integer } from '../../extension/reading/numbers.ts';
import type { Scene } from '../../extension/reading/scene.ts';
import { activity, modelName, models, outcome, runError, running, trainings, useParameters, view } from '../state.ts';
import { Icon } from '../ui/Icon.tsx';
import { Elapsed, type Mode, RunButton } from '../ui/RunButton.tsx';
import { Segments } from '../ui/Segments.tsx';
import { Dropdown } from '../ui/toolkit.tsx';

export function Header({ scene }: { readonly scene: Scene }) {
  const { model } = scene.base;
  // What the view needs, and whether it is there.
  const wanted: Mode = view.value === 'gradients' ? 'backward' : 'forward';
  const shown = scene.values?.file.mode;
  const needed = scene.outOfDate || shown === undefined || (wanted === 'backward' && shown !== 'backward');
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
          {running.value !== null && (
            <span class="chip">
              {running.value}
              <Elapsed />
            </span>
          )}
          <Ended />
          <ParametersSwitch model={model.exportName} />
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
      {runError.value !== undefined && (
        <p class="error-text" role="alert" data-testid="run-error">
          <Icon name="error" /> {runError.value}
        </p>
      )}
    </header>
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
      <span class="num clock"> {clock(last.endedAt)}</span>
    </span>
  );
}

/** Once a model is trained, which parameters its runs use. */
function ParametersSwitch({ model }: { readonly model: string }) {
  const use = trainings.value.get(model)?.parameters ?? 'none';
  if (use === 'none') return null;
  return (
    <span class="parameters" title="Which parameters Run, Backward and what they show use">
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

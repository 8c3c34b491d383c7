/** A view with nothing to show yet: what will be here, and the way to it. */
import type { ComponentChildren } from 'preact';
import { runError, running } from '../state.ts';
import { Icon } from './Icon.tsx';
import { type Mode, RunButton } from './RunButton.tsx';
import { Button } from './toolkit.tsx';

interface Props {
  readonly icon: string;
  readonly title: string;
  readonly children?: ComponentChildren;
  readonly mode?: Mode;
  /** What the way to it is, where it is no run. */
  readonly action?: { readonly label: string; readonly testId: string; run(): void };
  readonly testId: string;
}

export function Empty({ icon, title, children, mode, action, testId }: Props) {
  const goesOn = running.value;
  // A backward run leaves all that a forward run does.
  const coming = mode !== undefined && (goesOn === mode || goesOn === 'backward');
  return (
    <div class="empty" data-testid={testId}>
      <Icon name={icon} class="large" />
      <h2>{title}</h2>
      {coming ? <p>It will be here when the {goesOn} run ends.</p> : children !== undefined && <p>{children}</p>}
      {mode !== undefined && <RunButton appearance="primary" mode={coming ? goesOn : mode} testId={`empty-${mode}`} />}
      {action !== undefined && (
        <Button appearance="primary" testId={action.testId} onClick={() => action.run()}>
          {action.label}
        </Button>
      )}
      {runError.value !== undefined && <p class="error-text">{runError.value}</p>}
    </div>
  );
}

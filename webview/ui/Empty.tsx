/** A view with nothing to show yet: what will be here, and the way to it. */
import type { ComponentChildren } from 'preact';
import { runError } from '../state.ts';
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
  return (
    <div class="empty" data-testid={testId}>
      <Icon name={icon} class="large" />
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {mode !== undefined && <RunButton appearance="primary" mode={mode} testId={`empty-${mode}`} />}
      {action !== undefined && (
        <Button appearance="primary" testId={action.testId} onClick={() => action.run()}>
          {action.label}
        </Button>
      )}
      {runError.value !== undefined && <p class="error-text">{runError.value}</p>}
    </div>
  );
}

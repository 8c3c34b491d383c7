/** A view with nothing to show yet: what will be here, and the way to it. */
import type { ComponentChildren } from 'preact';
import { busy, progress, run, runError } from '../state.ts';
import { Icon } from './Icon.tsx';
import { Button, ProgressRing } from './toolkit.tsx';

interface Props {
  readonly icon: string;
  readonly title: string;
  readonly children?: ComponentChildren;
  readonly mode?: 'forward' | 'backward';
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
      {mode !== undefined && (
        <Button appearance="primary" testId={`empty-${mode}`} disabled={busy.value} onClick={() => void run(mode)}>
          {mode === 'forward' ? '▷ Run model' : '↺ Backward'}
        </Button>
      )}
      {action !== undefined && (
        <Button appearance="primary" testId={action.testId} onClick={() => action.run()}>
          {action.label}
        </Button>
      )}
      {runError.value !== undefined && <p class="error-text">{runError.value}</p>}
    </div>
  );
}

/** What a run is doing; cancelling is where VS Code has it. */
export function Progress() {
  const now = progress.value;
  return (
    <span class="progress" role="status" data-testid="progress">
      <ProgressRing />
      <span>
        {now === null ? 'Running' : now.phase}
        {now !== null && now.ops > 0 && <span class="num quiet"> · {now.ops.toLocaleString('en')} operations</span>}
        <span class="quiet hint"> · cancel in the notification</span>
      </span>
    </span>
  );
}

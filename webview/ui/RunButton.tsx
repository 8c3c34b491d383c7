/** Run or Backward; while that run goes on, what stops it. */
import { useEffect, useState } from 'preact/hooks';
import { duration } from '../../extension/reading/numbers.ts';
import { activity, run, running, scene, stopRun } from '../state.ts';
import { Button } from './toolkit.tsx';

export type Mode = 'forward' | 'backward';

const names = { forward: 'Run', backward: 'Backward' } as const;
const icons = { forward: 'play', backward: 'debug-reverse-continue' } as const;
const meanings = {
  forward: 'Run the model forward on its sample input',
  backward: 'Run forward, then the loss and every gradient',
} as const;

interface Props {
  readonly mode: Mode;
  readonly appearance?: 'primary' | 'secondary';
  readonly testId: string;
}

export function RunButton({ mode, appearance = 'secondary', testId }: Props) {
  const goesOn = running.value;
  if (goesOn === mode) return <StopButton appearance={appearance} testId={testId} />;
  const again = scene.value?.values?.file.mode === mode ? <span class="roomy"> again</span> : null;
  const instead = goesOn === null ? '' : `. Ends the ${goesOn} run that is under way`;
  return (
    <Button
      appearance={appearance}
      icon={icons[mode]}
      testId={testId}
      title={`${meanings[mode]}${instead}`}
      onClick={() => void run(mode)}
    >
      {names[mode]}
      {again}
    </Button>
  );
}

function StopButton({ appearance, testId }: Pick<Props, 'testId'> & { readonly appearance: 'primary' | 'secondary' }) {
  const now = activity.value;
  const stopping = now?.stopping === true;
  return (
    <Button
      appearance={appearance}
      icon="debug-stop"
      testId={testId}
      class="stop"
      title={stopping ? 'The run is stopping' : 'Stop this run'}
      disabled={stopping}
      onClick={() => void stopRun()}
    >
      {stopping ? 'Stopping…' : 'Stop'}
    </Button>
  );
}

/** How long the run has taken so far: `1.2 s`. */
export function Elapsed() {
  const startedAt = activity.value?.startedAt;
  const [, tick] = useState(0);
  useEffect(() => {
    if (startedAt === undefined) return undefined;
    const timer = setInterval(() => tick((n) => n + 1), 200);
    return () => clearInterval(timer);
  }, [startedAt]);
  if (startedAt === undefined) return null;
  const ms = Date.now() - startedAt;
  return ms < 300 ? null : <span class="num"> · {duration(Math.round(ms / 100) * 100)}</span>;
}

import type { Problem, Site } from '../../core/trace/trace.ts';
import type { RunRequest } from '../protocol/engine.ts';

/** Why a run was ended from outside. */
export type Stop =
  | { readonly kind: 'timeout'; readonly ms: number }
  | { readonly kind: 'memory' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'crashed'; readonly message: string };

/** What the limits are called where the person can change them. */
export interface LimitNames {
  readonly shapeRunTimeout: string;
  readonly runTimeout: string;
  readonly memoryLimit: string;
}

const settings: LimitNames = {
  shapeRunTimeout: 'the setting tensight.shapeRunTimeout',
  runTimeout: 'the setting tensight.runTimeout',
  memoryLimit: 'the setting tensight.memoryLimit',
};

/** Says why a run was ended, where it was, and what can be done. */
export function problemOfStop(
  stop: Stop,
  request: Pick<RunRequest, 'mode' | 'sites' | 'entry'>,
  site: number | undefined,
  memoryLimit: number,
  names: LimitNames = settings,
): Problem {
  const at = site === undefined ? atTop(request.entry) : { site };
  const here = site === undefined ? undefined : request.sites[site];
  switch (stop.kind) {
    case 'timeout': {
      const name = request.mode === 'shape' ? names.shapeRunTimeout : names.runTimeout;
      return {
        severity: 'error',
        code: 'timeout',
        message: `the run was ended after ${seconds(stop.ms)}; it had got here${inScope(here)}`,
        hint: `Look for a loop that never ends, or raise ${name} where the model needs longer.`,
        ...at,
      };
    }
    case 'memory':
      return {
        severity: 'error',
        code: 'memory',
        message: `the run was ended because it took more than ${memoryLimit} MB; it had got here${inScope(here)}`,
        hint: `Look for something that grows in a loop, use a smaller sample input, or raise ${names.memoryLimit}.`,
        ...at,
      };
    case 'cancelled':
      return { severity: 'warning', code: 'cancelled', message: 'the run was cancelled', ...at };
    case 'crashed':
      return {
        severity: 'error',
        code: 'crashed',
        message: `the engine stopped: ${stop.message.split('\n', 1)[0]}`,
        hint: 'The next run starts it anew.',
        stack: stop.message,
        ...at,
      };
  }
}

function atTop(file: string): Pick<Problem, 'file' | 'range'> {
  return { file, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } };
}

function inScope(site: Site | undefined): string {
  return site?.scope === undefined ? '' : `, in ${site.scope}`;
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Number((ms / 1000).toPrecision(3))} s`;
}

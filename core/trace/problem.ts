/** Turns what was thrown into a `Problem` at its place. */
import { IndexError, NeedsValueError, OutOfMemoryError, ShapeError, StopRun, TensightError } from '../errors.ts';
import { formatShape } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import type { Probe } from './probe.ts';
import type { Recorder } from './recorder.ts';
import type { Problem, Range, SiteId } from './trace.ts';

export interface Located {
  readonly file: string;
  readonly range: Range;
}

export function problemOf(
  error: unknown,
  probe: Probe,
  recorder: Recorder,
  locate: ((error: Error) => Located | undefined) | undefined,
): Problem {
  const site = probe.current;
  const at = site === undefined ? {} : { site };
  if (error instanceof StopRun)
    return { severity: 'warning', code: 'cancelled', message: 'the run was cancelled', ...at };
  if (error instanceof TensightError) {
    return {
      severity: 'error',
      code: codeOf(error),
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(site === undefined ? (locate?.(error) ?? {}) : at),
      ...(error instanceof ShapeError ? { related: histories(error, recorder, site) } : {}),
    };
  }
  const thrown = error instanceof Error ? error : new Error(`thrown: ${String(error)}`);
  // A throw of the person's own has no expression around it: its line is in the stack, closer than any call that led there.
  const place = locate?.(thrown) ?? at;
  const tooBig =
    thrown instanceof RangeError && /allocation failed|Invalid typed array length|Array buffer/i.test(thrown.message);
  return {
    severity: 'error',
    code: tooBig ? 'memory' : 'exception',
    message: `${thrown.name}: ${thrown.message}`,
    ...place,
    ...(thrown.stack === undefined ? {} : { stack: thrown.stack }),
  };
}

function codeOf(error: TensightError): Problem['code'] {
  if (error instanceof ShapeError) return 'shape';
  if (error instanceof IndexError) return 'index';
  if (error instanceof OutOfMemoryError) return 'memory';
  if (error instanceof NeedsValueError) return 'model';
  return 'exception';
}

/** Where each operand that did not fit was made. */
function histories(error: ShapeError, recorder: Recorder, here: SiteId | undefined): NonNullable<Problem['related']> {
  return error.operands.flatMap((operand, i) => {
    const id = operand instanceof Tensor ? recorder.knownTensor(operand) : undefined;
    const made = id === undefined ? undefined : recorder.madeBy.get(id);
    const note = made === undefined ? undefined : recorder.ops[made];
    const site = note?.site ?? (id === undefined ? undefined : recorder.firstSite(id));
    if (site === undefined || site === here) return [];
    const which = error.operands.length === 1 ? 'it' : i === 0 ? 'the left one' : 'the right one';
    return [
      {
        site,
        message: `${which}, ${formatShape(operand)}, ${note === undefined ? 'comes from here' : `was made here by ${note.op.name}`}`,
      },
    ];
  });
}

/** Turns what was thrown into a `Problem` at its place. */
import {
  IndexError,
  MisreadError,
  NeedsValueError,
  OutOfMemoryError,
  ShapeError,
  StopRun,
  TensightError,
} from '../errors.ts';
import { integer } from '../format/numbers.ts';
import * as nn from '../nn/index.ts';
import { Layer, positionalOf } from '../nn/layer.ts';
import { formatShape } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { callOf, hasOption } from '../usage/arguments.ts';
import type { Changes } from './changes.ts';
import { exceptionWords } from './exceptionWords.ts';
import type { Probe } from './probe.ts';
import type { Recorder } from './recorder.ts';
import { cut, toldOf } from './thrown.ts';
import type { Problem, Range, SiteId } from './trace.ts';

export interface ErrorPlace {
  readonly file: string;
  readonly range: Range;
}

export function problemOf(
  thrown: unknown,
  probe: Probe,
  recorder: Recorder,
  locate: ((error: Error) => ErrorPlace | undefined) | undefined,
  changes: Changes | undefined = undefined,
): Problem {
  const site = probe.current;
  const at = site === undefined ? {} : { site };
  const { name, message, stack, error } = toldOf(thrown);
  // The message may be long, and may look like a place itself: the frames alone tell the place.
  const located = () => (stack === undefined ? undefined : locate?.({ name, message, stack }));
  if (error instanceof StopRun && error.reason === 'timeout')
    return {
      severity: 'error',
      code: 'timeout',
      message: `the shape run was ended after ${integer(recorder.ran ?? 0)} operations`,
      hint: 'Make sure the loop ends. Run the model to compute it however long it takes.',
      ...at,
    };
  if (error instanceof StopRun)
    return { severity: 'warning', code: 'cancelled', message: 'the run was cancelled', ...at };
  if (error instanceof TensightError) {
    const misplaced = error instanceof MisreadError ? misplacedTensor(message, stack, locate) : undefined;
    const hint = misplaced?.hint ?? error.hint;
    return {
      severity: 'error',
      code: codeOf(error),
      message: misplaced?.message ?? message,
      ...asHint(changes, typeof hint === 'string' ? cut(hint) : undefined),
      ...(site === undefined || error instanceof MisreadError ? (located() ?? at) : at),
      ...(error instanceof ShapeError ? { related: histories(error, recorder, site) } : {}),
      ...fixOf(error, recorder),
    };
  }
  const words = exceptionWords(name, message, recorder.modules);
  const plain = message.replaceAll(/__[a-z]\(\.\.\.\)/g, '(…)');
  // A throw of the person's own has no expression around it: its line is in the stack, closer than any call that led there.
  const place = located() ?? at;
  // An error of JavaScript's own that is not thrown by the person's code is of ours, which was given what it does not take.
  const vague = words.message === undefined || words.vague === true;
  const inside = name === 'TypeError' && vague && stack !== undefined && locate !== undefined;
  const given = inside && locate({ name, message, stack: firstFrame(stack) }) === undefined;
  const tooBig =
    error instanceof RangeError && /allocation failed|Invalid typed array length|Array buffer/i.test(message);
  return {
    severity: 'error',
    code: tooBig ? 'memory' : 'exception',
    message: `${name}: ${plain}`,
    ...(changes !== undefined && changes.names.length > 0
      ? asHint(changes)
      : given
        ? wrongArgument(plain, calledIn(stack, locate))
        : words),
    ...place,
    ...(stack === undefined ? {} : { stack: `${name}: ${message}${stack}` }),
  };
}

/** The first line of a stack that is code rather than a function of the language. */
function firstFrame(stack: string): string {
  return stack.split('\n').find((line) => /^\s*at /.test(line) && !line.includes('<anonymous>')) ?? '';
}

/** What of the library the person's code called: the last frame before the first of theirs. A method of a layer is called by both names. */
function calledIn(stack: string, locate: (error: Error) => ErrorPlace | undefined): string | undefined {
  let called: string | undefined;
  for (const line of stack.split('\n')) {
    if (!/^\s*at /.test(line) || line.includes('<anonymous>')) continue;
    if (locate({ name: '', message: '', stack: line }) !== undefined) return called;
    const [, made, owner, name, as] = /^\s*at (new )?(?:([\w$]+)\.)?([\w$]+)(?: \[as ([\w$]+)\])? \(/.exec(line) ?? [];
    const last = as ?? name;
    // Bundling puts a mark before some names.
    const of = owner?.replace(/^_/, '');
    const plain = made !== undefined || of === undefined || of === 'Tensor' || of === 'Object';
    called = last === undefined ? undefined : plain ? last.replace(/^_/, '') : `${of}.${last}`;
  }
  return undefined;
}

/** A member that was looked for by the library: a tensor stands where options, or a list, are expected. */
function misplacedTensor(
  message: string,
  stack: string | undefined,
  locate: ((error: Error) => ErrorPlace | undefined) | undefined,
): Pick<Problem, 'message' | 'hint'> | undefined {
  const isNumber = message.startsWith('a tensor is not a number');
  const member = /^a tensor has no (\w+)$/i.exec(message)?.[1] ?? '';
  if ((member === '' && !isNumber) || stack === undefined || locate === undefined) return undefined;
  const called = calledIn(stack, locate);
  // The person's own reading of it is the trap's.
  if (called === undefined || /^(?:get|set|toPrimitive)\d*$/.test(called)) return undefined;
  const isList = /^(?:length|map|every|some|flat|forEach|reduce|slice)$/.test(member);
  const expected = isNumber ? 'a number' : isList ? 'a list' : 'an object of options';
  const call = callOf(called);
  return {
    message: `${called}: expected ${expected}, got a tensor`,
    hint: call === undefined ? 'Hover its name to see what it takes.' : `It is written ${call}.`,
  };
}

function wrongArgument(message: string, called: string | undefined): Pick<Problem, 'message' | 'hint'> {
  const [, read, name] = /^Cannot read properties of (null|undefined) \(reading '(\w+)'\)/.exec(message) ?? [];
  const isOption = called !== undefined && name !== undefined && hasOption(called, name);
  const option = isOption
    ? read
    : /^Cannot destructure property .* (?:of '(?:object )?|as it is )(null|undefined)/.exec(message)?.[1];
  const what =
    option === undefined
      ? 'an argument is missing, or not of the kind that is expected'
      : `expected an object of options, got ${option}`;
  const call = called === undefined ? undefined : callOf(called);
  return {
    message: `${called === undefined ? '' : `${called}: `}${what}`,
    hint:
      call === undefined
        ? 'Compare the arguments with what the function or layer takes: hover its name.'
        : `It is written ${call}.`,
  };
}

function asHint(changes: Changes | undefined, own?: string): { hint?: string } {
  const hint = changes === undefined ? own : changes.hint(own);
  return hint === undefined ? {} : { hint };
}

function codeOf(error: TensightError): Problem['code'] {
  if (error instanceof ShapeError) return 'shape';
  if (error instanceof IndexError) return 'index';
  if (error instanceof OutOfMemoryError) return 'memory';
  if (error instanceof NeedsValueError) return 'model';
  return 'exception';
}

const ofLibrary: ReadonlySet<unknown> = new Set(Object.values(nn));

/** Which argument would mend it, where the layer was made at a place that is known. A class of one's own has arguments of its own. */
function fixOf({ fix }: TensightError, recorder: Recorder): Pick<Problem, 'fix'> {
  const layer = fix?.layer;
  if (fix === undefined || !(layer instanceof Layer) || !ofLibrary.has(layer.constructor)) return {};
  const site = recorder.moduleSites.get(layer);
  if (site === undefined) return {};
  const { name: callee } = layer.constructor;
  const position = positionalOf(layer.constructor).indexOf(fix.argument);
  const value = JSON.stringify(fix.value).replaceAll(',', ', ');
  return { fix: { site, callee, argument: fix.argument, ...(position < 0 ? {} : { position }), value } };
}

/** Where each operand that did not fit was made. */
function histories(error: ShapeError, recorder: Recorder, here: SiteId | undefined): NonNullable<Problem['related']> {
  return error.operands.flatMap((operand, i) => {
    const id = operand instanceof Tensor ? recorder.knownTensor(operand) : undefined;
    const made = id === undefined ? undefined : recorder.madeBy.get(id);
    const note = made === undefined ? undefined : recorder.ops[made];
    const site = note?.site ?? (id === undefined ? undefined : recorder.firstSite(id));
    if (site === undefined || site === here) return [];
    const several = error.operands.length;
    const which = several === 1 ? 'Input' : several > 2 ? `Input ${i + 1}` : i === 0 ? 'Left operand' : 'Right operand';
    return [
      {
        site,
        message: `${which} ${formatShape(operand)}: ${note === undefined ? 'comes from here' : `output of ${note.op.name}`}`,
      },
    ];
  });
}

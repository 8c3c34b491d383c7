/**
 * The steps of each recurrence of a run, in the order they were computed: states that come one out of the other through the same
 * expression, as `nn.RNN` makes them and a loop over time in a `forward` does, or a layer with parameters that is called again and
 * again on what it gave. Found in the graph of operations, whatever they are.
 */
import type { CallRecord, ModelTrace, ModuleRecord, TensorId } from '../../core/trace/trace.ts';
import { tensorsIn } from './values.ts';

export interface Recurrence {
  readonly module: number;
  readonly call: number;
  /** `cell`, `cell layer 1 reverse`. */
  readonly name: string;
  /** From the end of the sequence to its start. */
  readonly reverse: boolean;
  /** The states, the one that was computed first first. */
  readonly steps: readonly TensorId[];
}

/** Fewer are no sequence. */
const fewest = 3;
/** Operations between two states that are looked through. */
const mostBetween = 200;
/** Operations between a state and where it is put together with the others. */
const deepest = 3;

export function recurrencesOf(model: ModelTrace): readonly Recurrence[] {
  const found = new Map<string, Omit<Recurrence, 'name'>>();
  const add = (call: CallRecord | undefined, states: readonly TensorId[] | undefined, reverse: boolean): void => {
    if (call !== undefined && states !== undefined && !found.has(states.join()))
      found.set(states.join(), { module: call.module, call: call.id, reverse, steps: states });
  };
  for (const op of model.ops) {
    if (op.inputs.length < fewest || op.call === undefined) continue;
    for (const states of candidates(model, op.inputs)) {
      const forward = chain(model, states);
      const back = forward ? undefined : chain(model, [...states].reverse());
      if (forward === undefined && back === undefined) continue;
      add(model.calls[op.call], forward ?? back, back !== undefined);
      break;
    }
  }
  for (const { calls, parameters } of model.modules)
    if (calls.length >= fewest && parameters > 0)
      add(
        model.calls[calls[0] ?? -1],
        joined(
          model,
          calls.flatMap((id) => tensorsIn(model.calls[id]?.output)[0]?.tensor ?? []),
        ),
        false,
      );
  return named(model, [...found.values()]);
}

/** What is put together, or what each part of it was made of: states that got an axis more, or are masked where a sequence has ended. */
function* candidates(model: ModelTrace, parts: readonly TensorId[], deep = 0): Generator<readonly TensorId[]> {
  if (new Set(parts).size < parts.length) return;
  yield parts;
  const makers = parts.map((part) => model.ops[model.tensors[part]?.op ?? -1]);
  const [first] = makers;
  if (deep === deepest || first === undefined || makers.some((op) => op?.name !== first.name)) return;
  for (const position of first.inputs.keys())
    yield* candidates(
      model,
      makers.map((op) => op?.inputs[position] ?? -1),
      deep + 1,
    );
}

/** The states where each comes out of the one before through the same expression of the same layer. */
function chain(model: ModelTrace, states: readonly TensorId[]): readonly TensorId[] | undefined {
  const makers = states.map((state) => model.ops[model.tensors[state]?.op ?? -1]);
  const [first] = makers;
  const moduleOf = (call: number | undefined): number | undefined => model.calls[call ?? -1]?.module;
  const alike = makers.every(
    (op) =>
      op !== undefined &&
      op.name === first?.name &&
      op.site === first.site &&
      moduleOf(op.call) === moduleOf(first.call),
  );
  return alike ? joined(model, states) : undefined;
}

/** The states where each comes out of the one before, and all have one shape. */
function joined(model: ModelTrace, states: readonly TensorId[]): readonly TensorId[] | undefined {
  const shape = String(model.tensors[states[0] ?? -1]?.shape);
  if (new Set(states).size < Math.max(fewest, states.length)) return undefined;
  if (states.some((state) => String(model.tensors[state]?.shape) !== shape)) return undefined;
  const all = states.every((state, i) => i === 0 || comesFrom(model, state, states[i - 1] ?? -1));
  return all ? states : undefined;
}

/** Whether `to` is among what `from` was computed from, a step away. */
function comesFrom({ tensors, ops }: ModelTrace, from: TensorId, to: TensorId): boolean {
  const earliest = tensors[to]?.op ?? -1;
  const open = [from];
  const seen = new Set(open);
  for (let looked = 0; open.length > 0 && looked < mostBetween; looked++) {
    const made = tensors[open.pop() ?? -1]?.op;
    if (made === undefined || made <= earliest) continue;
    for (const input of ops[made]?.inputs ?? []) {
      if (input === to) return true;
      if (!seen.has(input)) open.push(input);
      seen.add(input);
    }
  }
  return false;
}

/** Several of one call are its layers, each way of them counted. */
function named(model: ModelTrace, all: readonly Omit<Recurrence, 'name'>[]): readonly Recurrence[] {
  const moduleOf = (id: number): ModuleRecord | undefined => model.modules[id];
  return all.map((one) => {
    const together = all.filter(({ call, module }) => call === one.call && module === one.module);
    const same = together.filter(({ reverse }) => reverse === one.reverse);
    const turns = moduleOf(one.module)?.calls ?? [];
    const turn = turns.indexOf(one.call);
    const name = [
      moduleOf(one.module)?.path || (moduleOf(one.module)?.className ?? ''),
      turn > 0 ? `call ${turn + 1}` : '',
      same.length > 1 ? `layer ${same.indexOf(one)}` : '',
      one.reverse ? 'reverse' : '',
    ];
    return { ...one, name: name.filter((part) => part !== '').join(' ') };
  });
}

/**
 * Random graphs: instructions that are drawn, and two ways to carry them out: with tensors, and in double precision by a small
 * evaluator of its own (`doubles.ts`), whose differences say what the gradients are. The drawing likes what is recent, so that tensors
 * are used again, beside each other and around each other, as in residual and parallel branches.
 */
import fc from 'fast-check';
import { type Tensor, tensor } from '../../../core/index.ts';
import { type Double, doubles } from './doubles.ts';
import { type Kind, kinds } from './kinds.ts';

type Shape = readonly number[];

interface Instruction {
  readonly name: string;
  readonly inputs: readonly number[];
  readonly attrs: never;
}

/** Leaves, what is done, and which values are the outputs. */
export interface Graph {
  readonly leaves: readonly Double[];
  readonly instructions: readonly Instruction[];
  readonly outputs: readonly number[];
}

const names = Object.keys(kinds) as (keyof typeof kinds)[];
const most = 40;

/** What a value's operands are called by: near ones more often. */
const back = fc.oneof({ weight: 3, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(30) });
const step = fc.record({
  // Every other step adds, as networks do.
  what: fc.oneof(fc.constant(0), fc.nat(names.length - 1)),
  from: fc.tuple(back, back),
  numbers: fc.tuple(fc.nat(11), fc.nat(11), fc.nat(11), fc.nat(11)),
});
const sizes: readonly Shape[] = [[3, 4], [4], [4, 4], [3, 1], []];

export const graphs: fc.Arbitrary<Graph> = fc
  .tuple(
    fc.array(fc.constantFrom(...sizes), { minLength: 1, maxLength: 3 }),
    fc.array(step, { minLength: 2, maxLength: 24 }),
    fc.array(fc.nat(5), { maxLength: 2 }),
    fc.nat(99),
  )
  .map(([shapes, steps, others, seed]) => {
    const leaves = shapes.map((shape, k) => doubles.numbers(shape, 0.37 + 0.11 * k + 0.013 * seed));
    const instructions: Instruction[] = [];
    const values = [...leaves];
    for (const { what, from, numbers } of steps) {
      const instruction = chosen(
        what,
        from.map((n) => Math.max(0, values.length - 1 - n)),
        numbers,
        values,
      );
      const made = kindOf(instruction).doubles(
        instruction.inputs.map((i) => values[i]!),
        instruction.attrs,
      );
      if (made.some(({ data }) => data.length > most || data.some((v) => !(Math.abs(v) < 30)))) continue;
      instructions.push(instruction);
      values.push(...made);
    }
    const outputs = [values.length - 1, ...others.map((n) => Math.max(0, values.length - 2 - n))];
    return { leaves, instructions, outputs };
  });

const kindOf = ({ name }: Instruction): Kind => kinds[name as keyof typeof kinds];

/** The first kind, from this one on, that can be done with these operands. */
function chosen(what: number, inputs: number[], numbers: readonly number[], values: readonly Double[]): Instruction {
  for (let i = what; ; i = (i + 1) % names.length) {
    const own = inputs.slice(0, kinds[names[i]!].operands);
    const attrs = kinds[names[i]!].choose(
      own.map((k) => values[k]!.shape),
      numbers,
    );
    if (attrs !== undefined) return { name: names[i]!, inputs: own, attrs };
  }
}

/** What each output counts for: numbers of ±[0.5, 1.5). */
const weight = (i: number) => (i % 2 === 0 ? 1 : -1) * (0.5 + ((i * 0.6180339887498949) % 1));

/** The graph's loss in double precision: its outputs, weighted. */
export function lossInDoubles({ instructions, outputs }: Graph, leaves: readonly Double[]): number {
  const values = [...leaves];
  for (const each of instructions)
    values.push(
      ...kindOf(each).doubles(
        each.inputs.map((i) => values[i]!),
        each.attrs,
      ),
    );
  return outputs.reduce((sum, i, k) => sum + values[i]!.data.reduce((n, v, j) => n + v * weight(j + 7 * k), 0), 0);
}

/** The same of tensors, an output each. */
export function losses({ instructions, outputs }: Graph, leaves: readonly Tensor[]): Tensor[] {
  const values = [...leaves];
  for (const each of instructions)
    values.push(
      ...kindOf(each).tensors(
        each.inputs.map((i) => values[i]!),
        each.attrs,
      ),
    );
  return outputs.map((i, k) => {
    const y = values[i]!;
    const weights = Float32Array.from({ length: y.numel }, (_, j) => weight(j + 7 * k));
    return y.mul(tensor(weights, { shape: y.shape })).sum();
  });
}

/** One line an instruction, to be read. */
export function written({ leaves, instructions, outputs }: Graph): string {
  const lines = leaves.map(({ shape }, i) => `v${i}: a leaf [${shape.join(', ')}]`);
  let next = leaves.length;
  const values = [...leaves];
  for (const each of instructions) {
    const made = kindOf(each).doubles(
      each.inputs.map((i) => values[i]!),
      each.attrs,
    );
    values.push(...made);
    const given = each.inputs.map((i) => `v${i}`).join(', ');
    lines.push(
      `${made.map(() => `v${next++}`).join(', ')} = ${each.name}(${given}) with ${JSON.stringify(each.attrs)}`,
    );
  }
  return [...lines, `outputs: ${outputs.map((i) => `v${i}`).join(', ')}`].join('\n  ');
}

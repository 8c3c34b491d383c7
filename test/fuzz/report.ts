/** What the fuzzer says: a fault as lines to paste into a script, and counts. */
import { type Given, inputNames } from './case.ts';
import type { Fault, Tally } from './fuzz.ts';

const numbers = (data: readonly number[]) => data.map((n) => (Object.is(n, -0) ? '-0' : String(n))).join(', ');

function leaf({ dtype, shape, strides, offset, data, grad }: Given, name: string): string {
  const array = { f32: 'Float32Array', i32: 'Int32Array', bool: 'Uint8Array' }[dtype];
  const spec = `{ shape: [${shape}], dtype: '${dtype}', axes: [${shape.map(() => '{}')}] }`;
  const view = `new Tensor(${spec}, { data: ${array}.of(${numbers(data)}) }, [${strides}], ${offset})`;
  return `${name} = ${view}${grad ? '.requiresGrad_()' : ''}`;
}

/** The inputs, the program, PyTorch's program, what disagreed, and how: five lines to paste. */
export function pasted({ given, found, number }: Fault, seed: number): string {
  const { inputs, ours, theirs, family, name } = given;
  const names = [...inputNames].slice(0, inputs.length);
  const [body, last] = [ours.split('\n').slice(0, -1), ours.split('\n').at(-1)];
  return [
    `// ${family} ${name}: seed ${seed}, case ${number}`,
    inputs.length === 0 ? '// no inputs' : `const ${inputs.map((input, i) => leaf(input, names[i]!)).join(', ')};`,
    `${body.map((line) => `${line}; `).join('')}const y = ${last};`,
    `// PyTorch: ${theirs === undefined ? 'has no such thing' : theirs.replaceAll('\n', '; ')}`,
    `// ${found.oracle}: ${found.what}`,
  ].join('\n');
}

/** Cases that PyTorch was asked about and did not answer. */
export const unjudgedOf = ({ families }: Pick<Tally, 'families'>): number =>
  [...families.values()].reduce((sum, { unjudged }) => sum + unjudged, 0);

/** Lines for the end of a run. */
export function closing(
  { cases, families, explained, faults }: Tally,
  oracles: readonly string[],
  torch: boolean,
): string {
  const lines = [...families]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([family, n]) => `${family}: ${n.cases} cases, ${n.refused} of them refused, ${n.judged} judged by PyTorch`);
  const unjudged = unjudgedOf({ families });
  if (unjudged > 0) lines.push(`${unjudged} cases were not judged: PyTorch's process ended over each of them`);
  for (const [reason, count] of explained) lines.push(`explained: ${count} × ${reason}`);
  lines.push(`each against the plain backend by ${oracles.join('; ')}${torch ? '; PyTorch' : ''}`);
  lines.push(`${cases} cases, ${faults.length} unexplained`);
  return lines.join('\n');
}

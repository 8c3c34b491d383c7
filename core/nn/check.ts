/** Errors of layers at input that does not fit, in words for the person. */
import { context, remark } from '../context.ts';
import { type Fix, ShapeError, TensightError } from '../errors.ts';
import { inWords } from '../inWords.ts';
import { formatShape } from '../tensor/shape.ts';
import { Tensor } from '../tensor/tensor.ts';

/** Which argument of which layer was to fit: the input's size can be put in its place. */
export type Misfit = Omit<Fix, 'value'>;

/**
 * `x` is a floating-point tensor whose last axis is `size` long; `repair` says which layer would fit another size, `misfit` by which
 * argument.
 */
export function checkFeatures(
  layer: string,
  x: Tensor,
  size: number,
  repair: (size: number) => string,
  misfit?: Misfit,
): void {
  checkFloat(layer, x);
  const last = x.shape.at(-1);
  if (last === undefined)
    throw new ShapeError(layer, [x], `expected an axis of ${size} features, got a single number []`);
  if (last !== size)
    throw new ShapeError(
      layer,
      [x],
      `expected ${size} features on the last axis of the input, got ${last}: ${formatShape(x)}`,
      `${repair(last)} would fit, or bring the last axis to ${size} first.`,
      misfit && { ...misfit, value: last },
    );
}

/** `x` is a floating-point tensor. */
export function checkFloat(layer: string, x: Tensor): void {
  checkTensor(layer, x);
  if (x.dtype !== 'f32')
    throw new ShapeError(
      layer,
      [x],
      `expected f32, got ${x.dtype} ${formatShape(x)}`,
      x.dtype === 'i32' ? 'Word indices become vectors in an nn.Embedding first.' : "Convert it first: x.to('f32').",
    );
}

/** `x` is a tensor at all: a layer that gives a tuple is easily passed on whole. */
export function checkTensor(layer: string, x: Tensor): void {
  if (x instanceof Tensor) return;
  const got: unknown = x;
  if (Array.isArray(got))
    throw new ShapeError(
      layer,
      [],
      'expected a tensor, got a list',
      got.length > 0 && !got.some((item) => item instanceof Tensor) && got.flat(9).every((n) => typeof n === 'number')
        ? 'tensor([…]) makes a tensor of numbers.'
        : 'Take one of its tensors: const [output] = layer.forward(…).',
    );
  throw new ShapeError(
    layer,
    [],
    `expected a tensor, got ${inWords(got)}`,
    got === undefined
      ? 'An argument of forward is missing, or is what a function without return gave.'
      : typeof got === 'number'
        ? 'Make a tensor of it: tensor([…]).'
        : undefined,
  );
}

/**
 * What to try where axis `at` of `x`, its channels', is not `channels` long: where they stand elsewhere, how to bring them there;
 * else the layer that would fit, by `misfit`'s argument.
 */
export function channelsHint(
  x: Tensor,
  channels: number,
  at: number,
  fitting: string,
  misfit?: Misfit,
): readonly [hint: string, fix?: Fix] {
  const named = x.axes.findIndex(({ name }) => name !== undefined && /^channels?$/.test(name));
  const found = named >= 0 && x.shape[named] === channels ? named : x.shape.lastIndexOf(channels);
  const elsewhere = found >= 0 && found !== at && (found === x.ndim - 1 || found === named);
  if (!elsewhere) {
    const hint = `${fitting} would fit.`;
    return misfit === undefined ? [hint] : [hint, { ...misfit, value: x.shape[at]! }];
  }
  const order = x.shape.map((_, i) => i).filter((i) => i !== found);
  order.splice(at, 0, found);
  const where = found === x.ndim - 1 ? 'are last' : `are axis ${found}`;
  return [`The channels ${where}; they belong on axis ${at}: x.permute(${order.join(', ')}).`];
}

/** Remarks where the names of axes say that the batch is not where `layer` takes it to be. `fitting` is the layer that would take it so. */
export function checkBatchFirst(layer: string, x: Tensor, batchFirst: boolean, fitting: string): void {
  if (context.observer === undefined || x.ndim !== 3) return;
  const [first, second] = x.axes.map(({ name }) => name ?? '');
  const isBatch = (name: string) => /^(batch|sample|example)/.test(name);
  const isTime = (name: string) => /^(seq|time|step|length|position|frame)/.test(name);
  const crossed = batchFirst
    ? isBatch(second!) || (isTime(first!) && !isTime(second!))
    : isBatch(first!) || (isTime(second!) && !isTime(first!));
  if (!crossed) return;
  const [taken, other] = batchFirst ? ['seq', 'batch'] : ['batch', 'seq'];
  remark(
    `${layer} takes axis 1 as ${taken} and axis 0 as ${other}, got ${formatShape(x)}`,
    `Write ${fitting}, or x.transpose(0, 1) before it.`,
  );
}

/** The number of dimensions is one of these. */
export function checkRank(layer: string, x: Tensor, ranks: readonly number[], meaning: string): void {
  checkTensor(layer, x);
  if (!ranks.includes(x.ndim)) throw new ShapeError(layer, [x], `expected ${meaning}, got ${formatShape(x)}`);
}

/** Sizes given to a layer's constructor are whole numbers of 0 or more. `call` is how it is written. */
export function checkSizes(call: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (Number.isInteger(size) && size >= 0) continue;
    const got: unknown = size;
    throw new TensightError(
      `${call.slice(0, call.indexOf('('))}: expected ${name}, a whole number of 0 or more, got ${inWords(got)}`,
      `Write new nn.${call}.`,
    );
  }
}

/** Channels and groups of a convolution are whole numbers of 1 or more, and the groups share the channels evenly. */
export function checkChannels(
  layer: string,
  { inChannels, outChannels, groups }: { inChannels: number; outChannels: number; groups: number },
): void {
  for (const [name, n] of Object.entries({ inChannels, outChannels, groups }))
    if (!Number.isInteger(n) || n < 1)
      throw new TensightError(`${layer}: expected a whole number of 1 or more for ${name}, got ${String(n)}`);
  if (inChannels % groups !== 0 || outChannels % groups !== 0)
    throw new ShapeError(
      layer,
      [],
      `${groups} groups divide ${inChannels} input and ${outChannels} output channels unevenly`,
      `Numbers of groups that do: ${divisors(inChannels)
        .filter((n) => outChannels % n === 0)
        .join(', ')}.`,
    );
}

export function divisors(n: number): number[] {
  return Array.from({ length: Math.min(n, 128) }, (_, i) => i + 1).filter((i) => n % i === 0);
}

/**
 * How a tensor is filled by chance. PyTorch takes one of two ways to normal numbers: contiguous tensors of 16 elements or more are
 * filled in blocks (the backend's), all others number by number, in pairs, in the order of memory. In a shape run nothing is filled,
 * but the generator goes on all the same, so that integers drawn later are those of a run with values.
 */
import type { Storage } from '../backends/backend.ts';
import { context } from '../context.ts';
import type { TypedArray } from '../tensor/dtype.ts';
import { blank } from '../tensor/keptDraws.ts';
import { contiguousStrides, numel, type Shape } from '../tensor/shape.ts';

/** Elements from which a contiguous tensor is filled in blocks. */
const block = 16;

/** Uniform in [low, high): one draw each. */
export function fillUniform(out: Float32Array, low = 0, high = 1): void {
  context.backend.uniform(context.generator.twister, low, high, out);
}

/** Normal: `inBlocks` says whether the tensor is contiguous. */
export function fillNormal(out: Float32Array, mean = 0, std = 1, inBlocks = true): void {
  const { backend, generator } = context;
  if (inBlocks && out.length >= block) backend.normal(generator.twister, mean, std, out);
  else for (let i = 0; i < out.length; i++) out[i] = generator.normal() * std + mean;
}

/** Fills a whole storage as `fillUniform` does, or with what an earlier run drew so. */
export function storeUniform(storage: Storage, low = 0, high = 1): void {
  const draw = (out: Float32Array) => fillUniform(out, low, high);
  if (context.kept === undefined) draw(blank(storage));
  else context.kept.fill(storage, `uniform ${low} ${high}`, context.generator, draw);
}

/** Fills a whole storage in blocks as `fillNormal` does, or with what an earlier run drew so. */
export function storeNormal(storage: Storage, mean = 0, std = 1): void {
  const draw = (out: Float32Array) => fillNormal(out, mean, std);
  if (context.kept === undefined) draw(blank(storage));
  else context.kept.fill(storage, `normal ${mean} ${std}`, context.generator, draw);
}

/** Whole numbers in [low, high): one draw each, two where there are 2³² or more of them. */
export function fillIntegers(out: TypedArray, low: number, high: number): void {
  const { generator } = context;
  const range = (out instanceof Float32Array ? endOfFloats(high) : high) - low;
  if (range < 2 ** 32) {
    const { twister } = generator;
    for (let i = 0; i < out.length; i++) out[i] = low + ((twister.next() >>> 0) % (range >>> 0));
  } else for (let i = 0; i < out.length; i++) out[i] = low + generator.below(range);
}

/** `end`, or, where floats of 24 bits would round what is below it up to it, an earlier one. */
function endOfFloats(end: number): number {
  const last = Math.fround(end - 1);
  return last < end ? end : last - 2 ** (Math.floor(Math.log2(Math.abs(end - 1))) - 23);
}

/** 1 with this chance, else 0: two draws each. */
export function fillChances(out: TypedArray, chance: number, one = 1): void {
  const { twister } = context.generator;
  // Of 53 bits, without the division.
  const least = chance * 2 ** 53;
  for (let i = 0; i < out.length; i++) {
    const high = twister.next() & 0x1fffff;
    out[i] = high * 2 ** 32 + twister.next() < least ? one : 0;
  }
}

/** What a shape run leaves out of `fillNormal`. */
export function skipNormal(count: number, inBlocks = true): void {
  const { generator } = context;
  if (inBlocks && count >= block) generator.skip(count % block === 0 ? count : count + block);
  else generator.skipNormal(count);
}

/** A view whose elements stand in memory in another order than its indices'. */
interface Placed {
  readonly shape: Shape;
  readonly strides: readonly number[];
}

/** Dimensions by how far apart their elements stand in memory, the farthest first. */
const inMemory = ({ shape, strides }: Placed) =>
  shape
    .map((_, d) => d)
    .filter((d) => shape[d] !== 1)
    .sort((a, b) => strides[b]! - strides[a]! || a - b);

/** Whether the elements follow each other in memory as their indices do, with gaps or expanded. */
export function isInOrder(view: Placed): boolean {
  if (view.strides.includes(0)) return true;
  return inMemory(view).every((d, i, order) => i === 0 || order[i - 1]! < d);
}

/** Calls `take` for each element in the order of memory, with where it stands there, from the first, and its number row by row. */
export function eachInMemory(view: Placed, take: (place: number, number: number) => void): void {
  const { shape, strides } = view;
  const order = inMemory(view);
  const rows = contiguousStrides(shape);
  const index = order.map(() => 0);
  const count = numel(shape);
  for (let i = 0, place = 0, number = 0; i < count; i++) {
    take(place, number);
    for (let k = order.length - 1; k >= 0; k--) {
      const d = order[k]!;
      place += strides[d]!;
      number += rows[d]!;
      if (++index[k]! < shape[d]!) break;
      place -= strides[d]! * shape[d]!;
      number -= rows[d]! * shape[d]!;
      index[k] = 0;
    }
  }
}

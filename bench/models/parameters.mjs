import { parameter } from '../data.mjs';

/**
 * Tensors of a model's parameters, in its order. Matrices of layers stand as [in, out], the way these peers' own layers have
 * them (and tfjs-wasm multiplies by a transposed matrix many times slower); tables stay [vocabulary, d].
 * @template T
 * @param {{ constant(values: Float32Array, shape: number[]): T, filters(values: Float32Array, shape: number[]): T }} op
 * @param {import('./operations.mjs').Model<T>} model
 */
export const parametersOf = (op, { parameters }) =>
  parameters.map(([name, shape]) => {
    const values = parameter(name, shape);
    if (shape.length === 4) return op.filters(values, shape);
    const [rows = 0, columns = 0] = shape;
    if (shape.length < 2 || isTable(name)) return op.constant(values, shape);
    const turned = Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? 0);
    return op.constant(turned, [columns, rows]);
  });

/** @param {string} name */
const isTable = (name) => name === 'source.weight' || name === 'target.weight';

/**
 * How a model asks for its parameters, by name.
 * @template T @param {import('./operations.mjs').Model<T>} model
 * @returns {(values: readonly T[]) => (name: string) => T}
 */
export function byName({ parameters }) {
  const at = new Map(parameters.map(([name], i) => [name, i]));
  return (values) => (name) => {
    const value = values[at.get(name) ?? -1];
    if (value === undefined) throw new Error(`the model has no parameter ${name}`);
    return value;
  };
}

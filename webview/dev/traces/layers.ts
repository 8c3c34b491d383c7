/** The layers the sketched models are made of, with the shapes, parameters and FLOPs of the real ones. */
import type { Sketch } from './sketch.ts';

export interface Sizes {
  readonly batch: number;
  readonly embed: number;
  readonly heads: number;
  readonly hidden: number;
}

const sequence = ['batch', 'seq', 'embed'];

function shapeOf(sketch: Sketch, x: number): readonly number[] {
  return sketch.tensors[x]?.shape ?? [];
}

export function linear(sketch: Sketch, path: string, from: number, to: number, line: number): (x: number) => number {
  const id = sketch.module(path, 'Linear', {
    detail: `${from} → ${to}, bias`,
    line,
    own: { weight: [to, from], bias: [to] },
  });
  return (x) =>
    sketch.call(id, [x], line + 20, () => {
      const shape = [...shapeOf(sketch, x).slice(0, -1), to];
      const names = sketch.tensors[x]?.axes.map((axis) => axis.name ?? '') ?? [];
      const flops = 2 * from * shape.reduce((a, b) => a * b, 1);
      return sketch.op(
        'linear',
        [x],
        shape,
        [...names.slice(0, -1), to === from ? 'embed' : to > from ? 'hidden' : 'embed'],
        flops,
      );
    });
}

export function layerNorm(sketch: Sketch, path: string, size: number, line: number): (x: number) => number {
  const id = sketch.module(path, 'LayerNorm', {
    detail: `${size}, eps 1e-5`,
    line,
    own: { weight: [size], bias: [size] },
  });
  return (x) =>
    sketch.call(id, [x], line + 20, () =>
      sketch.op('layerNorm', [x], shapeOf(sketch, x), sequence, 8 * shapeOf(sketch, x).reduce((a, b) => a * b, 1)),
    );
}

export function activation(sketch: Sketch, path: string, className: string, line: number): (x: number) => number {
  const id = sketch.module(path, className, { line });
  return (x) =>
    sketch.call(id, [x], line + 20, () =>
      sketch.op(
        className.toLowerCase(),
        [x],
        shapeOf(sketch, x),
        ['batch', 'seq', 'hidden'],
        shapeOf(sketch, x).reduce((a, b) => a * b, 1),
      ),
    );
}

export function attention(
  sketch: Sketch,
  path: string,
  sizes: Sizes,
  line: number,
  causal: boolean,
): (query: number, key: number) => number {
  const { embed, heads } = sizes;
  const id = sketch.module(path, 'MultiheadAttention', {
    detail: `${embed}, ${heads} heads`,
    line,
    own: { in_proj_weight: [3 * embed, embed], in_proj_bias: [3 * embed] },
  });
  const out = linear(sketch, `${path}.out_proj`, embed, embed, line);
  return (query, key) =>
    sketch.call(id, query === key ? [query] : [query, key, key], line + 24, () => {
      const [batch = 1, queryLength = 1] = shapeOf(sketch, query);
      const [, keyLength = 1] = shapeOf(sketch, key);
      const rows = batch * queryLength;
      const project = (x: number, length: number): number =>
        sketch.op(
          'linear',
          [x],
          [batch, heads, length, embed / heads],
          ['batch', 'head', 'seq', 'headDim'],
          2 * batch * length * embed * embed,
        );
      const q = project(query, queryLength);
      const k = project(key, keyLength);
      const v = project(key, keyLength);
      const names = ['batch', 'head', 'query', 'key'];
      const scores = sketch.op(
        'matmul',
        [q, k],
        [batch, heads, queryLength, keyLength],
        names,
        2 * rows * keyLength * embed,
      );
      const weights = sketch.op(
        'softmax',
        [scores],
        [batch, heads, queryLength, keyLength],
        names,
        5 * heads * rows * keyLength,
      );
      const labelsOf = (x: number) => sketch.tensors[x]?.axes[1]?.labels as readonly string[] | undefined;
      const queryLabels = labelsOf(query);
      const keyLabels = labelsOf(key);
      if (queryLabels !== undefined) sketch.labels(weights, 2, queryLabels);
      if (keyLabels !== undefined) sketch.labels(weights, 3, keyLabels);
      sketch.attend({
        module: id,
        weights,
        scores,
        query: q,
        key: k,
        value: v,
        over: 'keys',
        kind: query === key ? 'self' : 'cross',
        ...(sketch.executed ? { causal } : {}),
        heads,
        batch,
        queryLength,
        keyLength,
        dims: { key: 3, query: 2, heads: [1] },
      });
      const mixed = sketch.op(
        'matmul',
        [weights, v],
        [batch, queryLength, embed],
        sequence,
        2 * rows * keyLength * embed,
      );
      const result = out(mixed);
      if (queryLabels !== undefined) sketch.labels(result, 1, queryLabels);
      return result;
    });
}

export function add(sketch: Sketch, a: number, b: number, line: number): number {
  const sum = sketch.op(
    'add',
    [a, b],
    shapeOf(sketch, a),
    sequence,
    shapeOf(sketch, a).reduce((x, y) => x * y, 1),
    line,
  );
  const labels = sketch.tensors[a]?.axes[1]?.labels as readonly string[] | undefined;
  if (labels !== undefined) sketch.labels(sum, 1, labels);
  return sum;
}

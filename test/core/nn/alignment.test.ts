/** Bahdanau's and Luong's attention as modules, against the golden cases that write them out. */
import { describe, expect, test } from 'vitest';
import { defineModel, formatShape, nn, randn, type Tensor, zeros } from '../../../core/index.ts';
import { runFile } from '../../../core/trace/run.ts';
import { caseById, loadCase } from '../../golden/cases.ts';

function expectClose(got: Tensor, want: Tensor): void {
  expect(got.shape).toEqual(want.shape);
  const values = got.toTypedArray();
  for (const [i, w] of want.toTypedArray().entries()) expect(values[i]).toBeCloseTo(w, 5);
}

describe.each(['bahdanau_basic', 'bahdanau_masked', 'bahdanau_multi_query'])('%s', (id) => {
  test('is what the layer gives', () => {
    const { inputs, params, file } = loadCase(caseById(id));
    const { query, keys, pad_mask: keyPaddingMask } = inputs as Record<string, Tensor>;
    const { W_q, W_k, v } = params as Record<string, Tensor>;
    const layer = new nn.BahdanauAttention(W_q!.shape[1]!, W_k!.shape[1]!, v!.shape[0]!);
    layer.loadStateDict({ 'query_proj.weight': W_q!, 'key_proj.weight': W_k!, v: v! });
    const [context, weights] = layer.forward(query!, keys!, { keyPaddingMask });
    expectClose(context, file['output.context']!);
    expectClose(weights, file['output.attn']!);
  });
});

describe.each([
  ['luong_dot', 'dot'],
  ['luong_dot_masked', 'dot'],
  ['luong_general', 'general'],
  ['luong_concat', 'concat'],
] as const)('%s', (id, score) => {
  test('is what the layer gives, at once and step by step', () => {
    const { inputs, params, file } = loadCase(caseById(id));
    const { query, keys, pad_mask: keyPaddingMask } = inputs as Record<string, Tensor>;
    const { W, W_c, W_out, v } = params;
    const layer = new nn.LuongAttention(query!.shape[2]!, {
      score,
      keySize: keys!.shape[2]!,
      ...(v && { hiddenSize: v.shape[0]! }),
      ...(W_out && { outputSize: W_out.shape[0]! }),
    });
    layer.loadStateDict({
      ...(W && { 'key_proj.weight': W }),
      ...(W_c && { 'concat_proj.weight': W_c }),
      ...(v && { v }),
      ...(W_out && { 'out_proj.weight': W_out }),
    });
    const want = file[W_out ? 'output.h_tilde' : 'output.context']!;
    const [context, weights] = layer.forward(query!, keys!, { keyPaddingMask });
    expectClose(context, want);
    expectClose(weights, file['output.attn']!);
    const [step, stepWeights] = layer.forward(query!.select(1, 1), keys!, { keyPaddingMask });
    expectClose(step, want.select(1, 1));
    expectClose(stepWeights, file['output.attn']!.select(1, 1));
  });
});

test('an alignment names its axes, and says what does not fit', () => {
  const query = zeros([2, 3, 4], { axes: ['batch', 'target', 'features'] });
  const keys = zeros([2, 5, 4], { axes: ['batch', 'source', 'features'] });
  for (const layer of [new nn.BahdanauAttention(4, 4, 6), new nn.LuongAttention(4, { score: 'concat' })]) {
    const [context, weights] = layer.forward(query, keys);
    expect(formatShape(weights)).toBe('[batch 2, query 3, key 5]');
    expect(formatShape(context)).toBe('[batch 2, target 3, features 4]');
    expect(() => layer.forward(query, zeros([3, 5, 4]))).toThrow('do not fit each other');
    expect(() => layer.forward(zeros([2, 5]), keys)).toThrow(
      'expected 4 features on the last axis of the input, got 5',
    );
    expect(() => layer.forward(query, keys, { keyPaddingMask: zeros([2, 4], { dtype: 'bool' }) })).toThrow(
      'Mask [2, 4] does not fit',
    );
  }
  expect(() => new nn.LuongAttention(4, { keySize: 3 })).toThrow('have no dot product');
});

test('an alignment is found in the trace, step by step and at once', () => {
  const find = (make: () => nn.Module, query: number[]) => {
    const load = () => ({
      default: defineModel({ model: make, inputs: { query: randn(query), keys: randn([2, 5, 4]) } }),
    });
    const options = {
      file: 'a.model.ts',
      run: 1,
      mode: 'forward',
      fallback: true,
      memoryLimit: 1e9,
      sites: [],
    } as const;
    const { trace } = runFile({ ...options, load, now: () => performance.now() });
    expect(trace.problems).toEqual([]);
    return trace.models[0]!.attention.map(({ queryLength, keyLength, batch, kind }) => [
      queryLength,
      keyLength,
      batch,
      kind,
    ]);
  };
  const layers = [
    () => new nn.BahdanauAttention(4, 4, 3),
    ...(['dot', 'general', 'concat'] as const).map((score) => () => new nn.LuongAttention(4, { score })),
  ];
  for (const make of layers) {
    expect(find(make, [2, 3, 4]), String(make())).toEqual([[3, 5, 2, 'cross']]);
    expect(find(make, [2, 4]), String(make())).toEqual([[1, 5, 2, 'cross']]);
  }
});

import { describe, expect, it } from 'vitest';
import { head, run, words } from './say.ts';

const layer = (body: string, axes: string, shape = '[16, 5, 8]') =>
  `${head}class M extends nn.Module { l: any = ${body}; forward(x: Tensor): any { return this.l.forward(x); } }
export default defineModel({ model: () => new M(), inputs: { x: randn(${shape}, { axes: ${axes} }) } });`;

describe('a batch that is taken as time', () => {
  const batch = "['batch', 'seq', 'feature']";
  it.each([
    ['new nn.LSTM(8, 4)', 'new nn.LSTM(8, 4, { batchFirst: true })'],
    ['new nn.GRU(8, 4)', 'new nn.GRU(8, 4, { batchFirst: true })'],
    ['new nn.TransformerEncoderLayer(8, 2)', '{ batchFirst: true }'],
    ['new nn.PositionalEncoding(8)', 'new nn.PositionalEncoding(8, { batchFirst: true })'],
  ])('%s', (made, hint) => {
    const { said } = run(layer(made, batch));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatchObject({ severity: 'warning', at: 'this.l.forward(x)' });
    expect(said[0]!.hint).toContain(hint);
  });
  it('and the other way round', () => {
    expect(words(layer('new nn.LSTM(8, 4, { batchFirst: true })', "['seq', 'batch', 'feature']"))).toContain(
      'batchFirst: false',
    );
  });
  it.each([
    layer('new nn.LSTM(8, 4, { batchFirst: true })', batch),
    layer('new nn.LSTM(8, 4)', "['seq', 'batch', 'feature']"),
    layer('new nn.LSTM(8, 4)', '[undefined, undefined, undefined]'),
    layer('new nn.TransformerEncoderLayer(8, 2, { batchFirst: true })', batch),
  ])('but not where it is right (%#)', (text) => expect(words(text)).toBe(''));
});

describe('operands that are laid over each other otherwise than meant', () => {
  const two = (body: string, a: string, b: string) =>
    `${head}export default defineModel({ model: () => (a: Tensor, b: Tensor) => ${body}, inputs: { a: ${a}, b: ${b} } });`;
  const named = (shape: string, axes: string) => `randn(${shape}, { axes: ${axes} })`;
  it.each([
    [
      '[batch, 1] − [batch]',
      two('a.sub(b)', named('[8, 1]', "['batch', 'feature']"), named('[8]', "['batch']")),
      'each of the batch with each other',
    ],
    [
      '[batch] × [batch, 1]',
      two('a.mul(b)', named('[8]', "['batch']"), named('[8, 1]', "['batch', undefined]")),
      'each of the batch with each other',
    ],
    [
      '[batch, seq] + [seq, batch]',
      two('a.add(b)', named('[2, 2]', "['batch', 'seq']"), named('[2, 2]', "['seq', 'batch']")),
      'in another order',
    ],
    [
      '[head, batch, seq] + [batch, head, seq]',
      two('a.add(b)', named('[2, 2, 3]', "['head', 'batch', 'seq']"), named('[2, 2, 3]', "['batch', 'head', 'seq']")),
      'in another order',
    ],
  ])('%s', (_, text, message) => {
    const { said } = run(text);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatchObject({ severity: 'warning' });
    expect(said[0]!.message).toContain(message);
  });
  it.each([
    two('a.add(b)', named('[8, 3]', "['batch', 'seq']"), named('[3]', "['seq']")),
    two('a.add(b)', named('[8, 3, 4]', "['batch', 'seq', 'embed']"), named('[3, 4]', "['position', 'embed']")),
    two('a.unsqueeze(1).sub(b.unsqueeze(0))', named('[8]', "['batch']"), named('[8]', "['batch']")),
    two('a.sub(b.unsqueeze(-1))', named('[8, 1]', "['batch', 'feature']"), named('[8]', "['batch']")),
  ])('but not where names agree (%#)', (text) => expect(words(text)).toBe(''));
});

describe('a layer that has no effect', () => {
  it.each(['LSTM', 'GRU', 'RNN'])('dropout of one %s', (kind) => {
    const text = layer(`new nn.${kind}(8, 4, { dropout: 0.5 })`, "['seq', 'batch', 'feature']");
    expect(words(text)).toContain('does nothing with one layer');
    expect(words(text.replace('dropout: 0.5', 'dropout: 0.5, numLayers: 2'))).toBe('');
  });
});

/** Names of the axes of every tensor that a module gives, by its path. */
function axesOf(text: string): Record<string, (string | undefined)[]> {
  const { trace } = run(text);
  const model = trace.models[0]!;
  return Object.fromEntries(
    model.calls.flatMap((call) => {
      const output = call.output;
      if (output?.kind !== 'tensor') return [];
      return [[model.modules[call.module]!.path, model.tensors[output.tensor]!.axes.map(({ name }) => name)]];
    }),
  );
}

describe('names of axes come from what was said and from layers, never from a mask', () => {
  const block = (attention: string) => `${head}const T = 6;
class Block extends nn.Module {
  ln = new nn.LayerNorm(8); qkv = new nn.Linear(8, 24); proj = new nn.Linear(8, 8); mlp = new nn.Linear(8, 8);
  attend(x: Tensor): Tensor {
    const [b, t] = [x.size(0), x.size(1)];
    const [q, k, v] = this.qkv.forward(this.ln.forward(x)).chunk(3, -1).map((p: Tensor) => p.reshape(b, t, 2, 4).transpose(1, 2)) as [Tensor, Tensor, Tensor];
    ${attention}
  }
  forward(x: Tensor): Tensor { const y = x.add(this.attend(x)); return y.add(this.mlp.forward(y)); }
}
class Gpt extends nn.Module {
  first = new Block(); second = new Block(); norm = new nn.LayerNorm(8);
  forward(x: Tensor): Tensor { return this.norm.forward(this.second.forward(this.first.forward(x))); }
}`;
  const model = (text: string, input: string) =>
    `${text}\nexport default defineModel({ model: () => new Gpt(), inputs: { x: ${input} } });`;
  const kinds = {
    'by hand with causalMask':
      'return q.matmul(k.mT()).maskedFill(causalMask(t), -Infinity).softmax(-1).matmul(v).transpose(1, 2).reshape(b, t, 8);',
    'with an added mask':
      'return q.matmul(k.mT()).add(nn.Transformer.generateSquareSubsequentMask(t)).softmax(-1).matmul(v).transpose(1, 2).reshape(b, t, 8);',
    'with the function':
      'return nn.functional.scaledDotProductAttention(q, k, v, { isCausal: true }).transpose(1, 2).reshape(b, t, 8);',
    'with the function and a mask':
      'return nn.functional.scaledDotProductAttention(q, k, v, { attnMask: causalMask(t).logicalNot() }).transpose(1, 2).reshape(b, t, 8);',
  };
  it.each(Object.entries(kinds))('%s: [batch, seq, embed] stays so', (_, attention) => {
    const axes = axesOf(model(block(attention), "randn([2, T, 8], { axes: ['batch', 'seq', 'embed'] })"));
    for (const path of ['first', 'second', 'norm', '']) expect(axes[path], path).toEqual(['batch', 'seq', 'embed']);
  });
  it.each(Object.entries(kinds))('%s: without names none comes from a mask', (_, attention) => {
    const axes = axesOf(model(block(attention), 'randn([2, T, 8])'));
    for (const names of Object.values(axes)) for (const name of names) expect(['query', 'key']).not.toContain(name);
  });
  it('and a GPT of layers keeps seq', () => {
    const text = `${head}class Gpt extends nn.Module {
  emb = new nn.Embedding(9, 8); pos = new nn.LearnedPositionalEmbedding(8, { batchFirst: true });
  blocks = new nn.TransformerEncoder(() => new nn.TransformerEncoderLayer(8, 2, { batchFirst: true }), 2);
  forward(ids: Tensor): Tensor { return this.blocks.forward(this.pos.forward(this.emb.forward(ids)), { isCausal: true } as any); }
}
export default defineModel({ model: () => new Gpt(), inputs: { ids: tensor([[1, 2, 3]], { dtype: 'i32', axes: ['batch', 'seq'] }) } });`;
    expect(axesOf(text)['']!.slice(0, 2)).toEqual(['batch', 'seq']);
  });
});

import { describe, expect, test } from 'vitest';
import { generate, manualSeed, nn, randn, type Tensor, tensor } from '../../../core/index.ts';
import { Generator } from '../../../core/tensor/random.ts';
import { beamSearch } from '../../../core/text/beamSearch.ts';
import { Asker } from '../../../core/text/languageModel.ts';
import { sample } from '../../../core/text/sampling.ts';

const vocab = 7;

/** Writes by the last token alone: row i holds the log-probabilities behind token i. */
function chain(rows: readonly (readonly number[])[]) {
  const table = tensor(rows.map((row) => row.map((p) => Math.log(p))));
  return (ids: Tensor) => nn.functional.embedding(ids, table);
}

/** Decoder-only, from encoder layers; sinusoidal positions. */
class Gpt extends nn.Module {
  embed = new nn.Embedding(vocab, 8);
  positions = new nn.PositionalEncoding(8, { batchFirst: true });
  blocks = new nn.TransformerEncoder(
    () => new nn.TransformerEncoderLayer(8, 2, { dimFeedforward: 16, batchFirst: true, normFirst: true }),
    2,
  );
  head = new nn.Linear(8, vocab);
  forward(ids: Tensor, cache?: nn.KeyValueCache): Tensor {
    const x = this.positions.forward(this.embed.forward(ids), cache?.length);
    return this.head.forward(this.blocks.forward(x, { isCausal: true, cache }));
  }
}

/** One attention layer turned by rotary positions. */
class Rotary extends nn.Module {
  embed = new nn.Embedding(vocab, 8);
  attention = new nn.MultiheadAttention(8, 2, { batchFirst: true, rotary: new nn.RotaryEmbedding(4) });
  head = new nn.Linear(8, vocab);
  forward(ids: Tensor, cache?: nn.KeyValueCache): Tensor {
    const x = this.embed.forward(ids);
    const [y] = this.attention.forward(x, x, x, { isCausal: true, cache });
    return this.head.forward(x.add(y));
  }
}

/** The second half of an encoder–decoder, with learnt positions. */
class Decoder extends nn.Module {
  embed = new nn.Embedding(vocab, 8);
  positions = new nn.LearnedPositionalEmbedding(8, { batchFirst: true });
  decoder = new nn.TransformerDecoder(
    () => new nn.TransformerDecoderLayer(8, 2, { dimFeedforward: 16, batchFirst: true }),
    2,
  );
  head = new nn.Linear(8, vocab);
  memory = randn([1, 5, 8]);
  forward(ids: Tensor, cache?: nn.KeyValueCache): Tensor {
    const x = this.positions.forward(this.embed.forward(ids), cache?.length ?? 0);
    const memory = this.memory.expand(ids.shape[0]!, 5, 8);
    return this.head.forward(this.decoder.forward(x, memory, { tgtIsCausal: true, cache }));
  }
}

describe.each([Gpt, Rotary, Decoder])('%o', (Model) => {
  const ways = [{}, { temperature: 1.5, seed: 3 }, { topK: 4, topP: 0.9, temperature: 2, seed: 5 }, { beams: 3 }];
  test('writes the same with a key–value cache and without', () => {
    for (let seed = 0; seed < 4; seed++) {
      manualSeed(seed);
      const model = new Model();
      for (const way of ways) {
        const options = { maxNewTokens: 9, ...way };
        const whole = generate(model, [1, 2, 3], options);
        expect(whole).toHaveLength(12);
        expect(generate(model, [1, 2, 3], { ...options, cache: true }), JSON.stringify(way)).toEqual(whole);
      }
    }
  });

  test('has the same logits step by step as at once', () => {
    manualSeed(9);
    const model = new Model().eval();
    const ids = tensor([[1, 4, 2, 6, 5, 3]], { dtype: 'i32' });
    const whole = model.forward(ids).toTypedArray();
    const cache = new nn.KeyValueCache();
    // Several at once, then one by one.
    const parts = [
      [0, 3],
      [3, 1],
      [4, 2],
    ].map(([start, length]) => model.forward(ids.narrow(1, start!, length!), cache));
    expect(cache.length).toBe(6);
    const steps = parts.flatMap((part) => [...part.toTypedArray()]);
    for (const [i, value] of steps.entries()) expect(value).toBeCloseTo(whole[i]!, 5);
  });
});

describe('generate', () => {
  const rows = [
    [0.1, 0.6, 0.3],
    [0.4, 0.2, 0.4],
    [0.05, 0.05, 0.9],
  ];

  test('takes the likeliest token each time, and stops at the end', () => {
    expect(generate(chain(rows), [0], { maxNewTokens: 3 })).toEqual([0, 1, 0, 1]);
    expect(generate(chain(rows), [0], { maxNewTokens: 9, eos: 1 })).toEqual([0, 1]);
    expect(generate(chain(rows), tensor([0, 2], { dtype: 'i32' }), { maxNewTokens: 1 })).toEqual([0, 2, 2]);
  });

  test('finds with beams the likeliest text, which the likeliest steps miss', () => {
    // 0 → 1 → 0 has 0.6 · 0.4, 0 → 2 → 2 has 0.3 · 0.9.
    expect(generate(chain(rows), [0], { maxNewTokens: 2, beams: 2 })).toEqual([0, 2, 2]);
  });

  test('follows enough beams to find the best text there is', () => {
    const best = { ids: [0], p: 0 };
    const walk = (ids: number[], p: number) => {
      if (ids.length === 5) {
        if (p > best.p) Object.assign(best, { ids, p });
        return;
      }
      for (const [token, q] of rows[ids.at(-1)!]!.entries()) walk([...ids, token], p * q);
    };
    walk([0], 1);
    const found = beamSearch(new Asker(chain(rows), {}), [0], { maxNewTokens: 4, beams: 81, lengthPenalty: 0 });
    expect(found).toHaveLength(81);
    expect(found[0]!.ids).toEqual(best.ids);
    expect(found[0]!.score).toBeCloseTo(Math.log(best.p), 6);
  });

  test('draws by probability, among the likeliest where asked', () => {
    const counts = (options: object) => {
      const generator = new Generator(1);
      const seen = [0, 0, 0, 0];
      const logits = Float32Array.from([0.5, 0.3, 0.15, 0.05], Math.log);
      for (let i = 0; i < 4000; i++) seen[sample(logits, options, generator)]!++;
      return seen.map((n) => n / 4000);
    };
    const close = (got: number[], want: number[]) => {
      for (const [i, p] of want.entries()) expect(Math.abs(got[i]! - p)).toBeLessThan(0.03);
    };
    close(counts({}), [0.5, 0.3, 0.15, 0.05]);
    close(counts({ topK: 2 }), [0.625, 0.375, 0, 0]);
    close(counts({ topP: 0.6 }), [0.625, 0.375, 0, 0]);
    close(counts({ topP: 0.1 }), [1, 0, 0, 0]);
    close(counts({ temperature: 0.5 }), [0.685, 0.247, 0.062, 0.007]);
  });

  test('writes the same for the same seed, and something else for another', () => {
    const even = chain([
      [0.4, 0.3, 0.3],
      [0.3, 0.4, 0.3],
      [0.3, 0.3, 0.4],
    ]);
    const write = (seed: number) => generate(even, [0], { maxNewTokens: 20, temperature: 1, seed });
    expect(write(1)).toEqual(write(1));
    expect(write(1)).not.toEqual(write(2));
  });

  test('shows the model its context’s length at most, and goes on without the cache', () => {
    manualSeed(2);
    const model = new Gpt();
    const options = { maxNewTokens: 8, contextLength: 5 };
    const whole = generate(model, [1, 2, 3], options);
    expect(generate(model, [1, 2, 3], { ...options, cache: true })).toEqual(whole);
    const seen: number[] = [];
    const watching = (ids: Tensor) => {
      seen.push(ids.shape[1]!);
      return model.forward(ids);
    };
    generate(watching, [1, 2, 3], options);
    expect(seen).toEqual([3, 4, 5, 5, 5, 5, 5, 5]);
  });

  test('leaves a model in the mode it was in', () => {
    const model = new Gpt();
    model.head.eval();
    generate(model, [1], { maxNewTokens: 1 });
    expect([model.training, model.blocks.training, model.head.training]).toEqual([true, true, false]);
  });

  test('says what it can’t do', () => {
    const model = chain(rows);
    expect(() => generate(model, [], { maxNewTokens: 1 })).toThrow('the prompt is empty');
    expect(() => generate(model, [0], { maxNewTokens: 1, beams: 2, topK: 1 })).toThrow("beams can't be combined");
    expect(() => generate(model, [0], { maxNewTokens: 1, temperature: 0 })).toThrow('a temperature above 0, got 0');
    expect(() => generate(model, [0], { maxNewTokens: 1, topP: 2 })).toThrow('for topP, got 2');
    expect(() => generate(model, [0], { maxNewTokens: 1, cache: true })).toThrow('the cache holds 0 of 1 tokens');
    expect(() => generate((ids) => ids.to('f32'), [0], { maxNewTokens: 1 })).not.toThrow();
    expect(() => generate((ids) => ids.to('f32').sum(), [0], { maxNewTokens: 1 })).toThrow('expected logits for ids');
  });
});

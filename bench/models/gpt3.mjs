/** GPT-3 in our own words, at its own size. @param {typeof import('../entry.ts')} t */
export function gpt3(t) {
  const { nn } = t;
  const d = 12288;
  return t.defineModel({
    model: () =>
      new (class Gpt3 extends nn.Module {
        tokens = new nn.Embedding(50257, d);
        positions = new nn.Embedding(2048, d);
        blocks = new nn.TransformerEncoder(
          () =>
            new nn.TransformerEncoderLayer(d, 96, {
              dimFeedforward: 4 * d,
              activation: 'gelu',
              normFirst: true,
              batchFirst: true,
            }),
          96,
          { norm: new nn.LayerNorm(d) },
        );
        head = new nn.Linear(d, 50257, { bias: false });
        /** @param {import('../../core/index.ts').Tensor} words */
        forward(words) {
          const x = this.tokens.forward(words).add(this.positions.forward(t.arange(words.shape[1] ?? 0)));
          return this.head.forward(this.blocks.forward(x, { isCausal: true }));
        }
      })(),
    inputs: () => ({ words: t.zeros([1, 2048], { dtype: 'i32' }) }),
  });
}

/**
 * Runs a small Transformer forward and backward before the person's first click, so that the JavaScript engine has compiled
 * the paths a model takes: the first run answers as fast as the tenth, and its times are the model's, not the compiler's.
 * Nothing of it is kept.
 */
import { arange, defineModel, nn, type Tensor } from '../../core/index.ts';
import { runFile } from '../../core/trace/run.ts';
import type { FileTrace } from '../../core/trace/trace.ts';

const width = 16;

class Rehearsal extends nn.Module {
  embedding = new nn.Embedding(8, width);
  layer = new nn.TransformerEncoderLayer(width, 2, { dimFeedforward: 32, dropout: 0, activation: 'gelu' });
  head = new nn.Linear(width, 8);
  forward(ids: Tensor): Tensor {
    const x = this.embedding.forward(ids).mul(0.5);
    return this.head.forward(this.layer.forward(x, { isCausal: true }).relu());
  }
}

/** A few milliseconds of it; called several times, with room for the person's own runs in between. */
export function rehearse(): void {
  rehearsed();
}

export function rehearsed(): FileTrace {
  const model = defineModel({
    model: () => new Rehearsal(),
    inputs: () => ({ ids: arange(6) }),
    loss: ({ output, inputs }) => nn.functional.crossEntropy(output, inputs.ids.shift()),
  });
  const shared = { file: 'rehearsal', run: 0, fallback: false, memoryLimit: 1e8, sites: [] };
  return runFile({ ...shared, mode: 'backward', load: () => ({ default: model }), now: () => performance.now() }).trace;
}

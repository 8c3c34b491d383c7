/** Models to look at: a small translation Transformer, a GPT of 12 × 12 heads and 512 tokens, a perceptron of five lines, a
 * recurrent network of 24 steps, and a convolutional one. */
import type { FileTrace } from '../../../core/trace/trace.ts';
import { activation, add, attention, layerNorm, linear, type Sizes } from './layers.ts';
import { Sketch, type SketchOptions } from './sketch.ts';

type Options = Pick<SketchOptions, 'mode' | 'run' | 'ailments' | 'lossSource'>;

const source = ['Das', 'ist', 'ein', 'kleines', 'Haus', 'am', 'See', '</s>'];
const target = ['<s>', 'This', 'is', 'a', 'small', 'house', 'by', 'the', 'lake', '</s>'];

function encoderLayer(sketch: Sketch, path: string, sizes: Sizes): (x: number) => number {
  const id = sketch.module(path, 'TransformerEncoderLayer', {
    detail: `${sizes.embed}, ${sizes.heads} heads`,
    line: 14,
  });
  const attend = attention(sketch, `${path}.self_attn`, sizes, 15, false);
  const first = linear(sketch, `${path}.linear1`, sizes.embed, sizes.hidden, 16);
  const relu = activation(sketch, `${path}.activation`, 'ReLU', 17);
  const second = linear(sketch, `${path}.linear2`, sizes.hidden, sizes.embed, 18);
  const norm1 = layerNorm(sketch, `${path}.norm1`, sizes.embed, 19);
  const norm2 = layerNorm(sketch, `${path}.norm2`, sizes.embed, 20);
  return (x) =>
    sketch.call(id, [x], 52, () => {
      const h = norm1(add(sketch, x, attend(x, x), 24));
      return add(sketch, norm2(add(sketch, h, second(relu(first(h))), 25)), h, 25);
    });
}

function decoderLayer(sketch: Sketch, path: string, sizes: Sizes): (x: number, memory: number) => number {
  const id = sketch.module(path, 'TransformerDecoderLayer', {
    detail: `${sizes.embed}, ${sizes.heads} heads`,
    line: 30,
  });
  const self = attention(sketch, `${path}.self_attn`, sizes, 31, true);
  const cross = attention(sketch, `${path}.multihead_attn`, sizes, 32, false);
  const first = linear(sketch, `${path}.linear1`, sizes.embed, sizes.hidden, 33);
  const relu = activation(sketch, `${path}.activation`, 'ReLU', 34);
  const second = linear(sketch, `${path}.linear2`, sizes.hidden, sizes.embed, 35);
  const norm = layerNorm(sketch, `${path}.norm1`, sizes.embed, 36);
  return (x, memory) =>
    sketch.call(id, [x, memory], 58, () => {
      const h = norm(add(sketch, x, self(x, x), 40));
      const c = add(sketch, h, cross(h, memory), 41);
      return add(sketch, c, second(relu(first(c))), 42);
    });
}

function embedding(
  sketch: Sketch,
  path: string,
  rows: number,
  embed: number,
  line: number,
): (ids: number, tokens: readonly string[]) => number {
  const id = sketch.module(path, 'Embedding', { detail: `${rows} × ${embed}`, line, own: { weight: [rows, embed] } });
  return (ids, tokens) =>
    sketch.call(id, [ids], line + 20, () => {
      const [batch = 1, length = 1] = sketch.tensors[ids]?.shape ?? [];
      const out = sketch.op('embedding', [ids], [batch, length, embed], ['batch', 'seq', 'embed']);
      sketch.labels(out, 1, tokens);
      return out;
    });
}

export function transformer(options: Options & { readonly broken?: boolean }): FileTrace {
  const sketch = new Sketch({ ...options, name: 'Translator', className: 'Translator' });
  const sizes = { batch: 2, embed: 64, heads: 4, hidden: 256 };
  const root = sketch.module('', 'Translator', { line: 46 });
  const sourceEmbed = embedding(sketch, 'source', 32, 64, 47);
  const targetEmbed = embedding(sketch, 'target', 36, 64, 48);
  sketch.module('encoder', 'TransformerEncoder', { line: 49 });
  sketch.module('encoder.layers', 'ModuleList', { line: 49 });
  const encoders = [0, 1].map((i) => encoderLayer(sketch, `encoder.layers.${i}`, sizes));
  sketch.module('decoder', 'TransformerDecoder', { line: 50 });
  sketch.module('decoder.layers', 'ModuleList', { line: 50 });
  const decoders = [0, 1].map((i) => decoderLayer(sketch, `decoder.layers.${i}`, sizes));
  const head = linear(sketch, 'head', 64, 36, 51);
  const sourceIds = sketch.tensor([2, source.length], ['batch', 'source'], {
    dtype: 'i32',
    role: 'input',
    requiresGrad: false,
  });
  const targetIds = sketch.tensor([2, target.length], ['batch', 'target'], {
    dtype: 'i32',
    role: 'input',
    requiresGrad: false,
  });
  const idOf = (path: string): number => sketch.modules.findIndex((module) => module.path === path);
  sketch.call(root, [sourceIds, targetIds], 60, () => {
    let memory = sourceEmbed(sourceIds, source);
    memory = sketch.call(idOf('encoder'), [memory], 64, () => encoders.reduce((x, layer) => layer(x), memory));
    const h = targetEmbed(targetIds, target);
    const decoded = sketch.call(idOf('decoder'), [h, memory], 66, () =>
      decoders.reduce((x, layer, i) => {
        const y = layer(x, memory);
        if (options.broken === true && i === 0)
          sketch.fail({
            code: 'shape',
            message:
              'add: [batch 2, seq 10, embed 64] and [batch 2, seq 8, embed 64] do not broadcast: seq is 10 and 8',
            hint: 'Both must be equal, or one of them 1. Did you mean the target, h, instead of memory?',
            site: sketch.site(41, 'x.add(memory)'),
            related: [
              {
                message: 'the left one comes from the decoder’s self-attention',
                site: sketch.site(40, 'this.self_attn.forward(x, x, x)'),
              },
              { message: 'the right one comes from the encoder', site: sketch.site(64, 'this.encoder.forward(s)') },
            ],
          });
        return y;
      }, h),
    );
    return head(decoded);
  });
  return sketch.trace();
}

export function gpt(options: Options): FileTrace {
  const sketch = new Sketch({
    ...options,
    name: 'GPT-2 small',
    className: 'GPT',
    file: 'file:///project/examples/gpt.model.ts',
  });
  const sizes = { batch: 1, embed: 768, heads: 12, hidden: 3072 };
  const length = 512;
  const words = ['the', ' cat', ' sat', ' on', ' a', ' mat', ',', ' and', ' looked', ' at', ' the', ' moon', '.', '\n'];
  const tokens = Array.from({ length }, (_, i) => words[(i * 7 + (i >> 3)) % words.length] ?? '');
  const root = sketch.module('', 'GPT', { line: 30 });
  const embed = embedding(sketch, 'wte', 50257, 768, 31);
  sketch.module('h', 'ModuleList', { line: 32 });
  const blocks = Array.from({ length: 12 }, (_, i) => {
    const path = `h.${i}`;
    const id = sketch.module(path, 'Block', { line: 5 });
    const norm1 = layerNorm(sketch, `${path}.ln_1`, 768, 6);
    const attend = attention(sketch, `${path}.attn`, sizes, 7, true);
    const norm2 = layerNorm(sketch, `${path}.ln_2`, 768, 8);
    const mlp = sketch.module(`${path}.mlp`, 'Sequential', { line: 9 });
    const up = linear(sketch, `${path}.mlp.0`, 768, 3072, 9);
    const gelu = activation(sketch, `${path}.mlp.1`, 'GELU', 9);
    const down = linear(sketch, `${path}.mlp.2`, 3072, 768, 9);
    return (x: number) =>
      sketch.call(id, [x], 40, () => {
        const h = norm1(x);
        const y = add(sketch, x, attend(h, h), 14);
        const z = norm2(y);
        return add(
          sketch,
          y,
          sketch.call(mlp, [z], 15, () => down(gelu(up(z)))),
          15,
        );
      });
  });
  const norm = layerNorm(sketch, 'ln_f', 768, 33);
  const ids = sketch.tensor([1, length], ['batch', 'seq'], { dtype: 'i32', role: 'input', requiresGrad: false });
  const last = sketch.module('lm_head', 'Linear', { detail: '768 → 50257, tied', line: 34 });
  sketch.call(root, [ids], 44, () => {
    const h = norm(blocks.reduce((x, block) => block(x), embed(ids, tokens)));
    return sketch.call(last, [h], 45, () =>
      sketch.op('linear', [h], [1, length, 50257], ['batch', 'seq', 'vocab'], 2 * length * 768 * 50257),
    );
  });
  return sketch.trace();
}

export function perceptron(options: Options): FileTrace {
  const sketch = new Sketch({
    ...options,
    name: 'xor',
    className: 'Sequential',
    file: 'file:///project/examples/xor.model.ts',
    lossSource: 'sum of output',
  });
  const root = sketch.module('', 'Sequential', { line: 3 });
  const first = linear(sketch, '0', 2, 8, 3);
  const act = activation(sketch, '1', 'Tanh', 3);
  const second = linear(sketch, '2', 8, 1, 3);
  const x = sketch.tensor([4, 2], ['batch', 'in'], { role: 'input', requiresGrad: false });
  sketch.call(root, [x], 5, () => second(act(first(x))));
  return sketch.trace();
}

/** Two layers of a recurrence over 24 steps, read at the last: what arrives at the early ones gets smaller and smaller. */
export function recurrent(options: Options): FileTrace {
  const sketch = new Sketch({
    ...options,
    name: 'RNN',
    className: 'Recurrent',
    file: 'file:///project/examples/memory.model.ts',
  });
  const [batch, steps, width] = [2, 24, 24];
  const root = sketch.module('', 'Recurrent', { line: 20 });
  const embed = embedding(sketch, 'embed', 8, width, 21);
  const own = Object.fromEntries(
    [0, 1].flatMap((layer) => [
      [`weight_ih_l${layer}`, [width, width]],
      [`weight_hh_l${layer}`, [width, width]],
    ]),
  );
  const cell = sketch.module('cell', 'RNN', { detail: `${width} → ${width}, 2 layers`, line: 22, own });
  const head = linear(sketch, 'head', width, 4, 23);
  const ids = sketch.tensor([batch, steps], ['batch', 'seq'], { dtype: 'i32', role: 'input', requiresGrad: false });
  const states: number[] = [];
  sketch.call(root, [ids], 30, () => {
    const x = embed(ids, []);
    const all = sketch.call(cell, [x], 31, () => {
      let sequence = x;
      for (let layer = 0; layer < 2; layer++) {
        const gates = sketch.op('linear', [sequence], [batch, steps, width], ['batch', 'seq', 'features']);
        const hs: number[] = [];
        for (let t = 0; t < steps; t++) {
          const input = sketch.op('select', [gates], [batch, width], ['batch', 'features']);
          const before = hs.at(-1);
          const sum = before === undefined ? input : sketch.op('add', [input, before], [batch, width], ['batch']);
          hs.push(sketch.op('tanh', [sum], [batch, width], ['batch', 'features']));
        }
        states.push(...hs);
        sequence = sketch.op('stack', hs, [batch, steps, width], ['batch', 'seq', 'features']);
      }
      return sequence;
    });
    return head(sketch.op('select', [all], [batch, width], ['batch', 'features']));
  });
  if (options.mode === 'backward')
    states.forEach((id, i) => {
      const state = sketch.tensors[id];
      const back = steps - 1 - (i % steps);
      if (state !== undefined) state.gradient = sketch.stats(batch * width, 0, 0.02 * 0.55 ** back);
    });
  return sketch.trace();
}

/** Two convolutions that read digits: kernels and feature maps to look at. */
export function convolutional(options: Options): FileTrace {
  const sketch = new Sketch({
    ...options,
    name: 'CNN on digits',
    className: 'DigitReader',
    file: 'file:///project/examples/cnn.model.ts',
  });
  const images = 10;
  const image = ['image', 'channel', 'row', 'column'];
  const root = sketch.module('', 'DigitReader', { line: 20 });
  const convolution = (path: string, from: number, to: number, line: number) => {
    const id = sketch.module(path, 'Conv2d', {
      ...{ detail: `${from} → ${to}, 3 × 3`, line },
      own: { weight: [to, from, 3, 3], bias: [to] },
    });
    const [weight] = sketch.modules[id]?.own ?? [];
    const record = sketch.tensors[weight?.tensor ?? -1];
    if (record !== undefined) record.axes = ['out', 'in', 'height', 'width'].map((name) => ({ name }));
    return (x: number, size: number) =>
      sketch.call(id, [x], line + 10, () => sketch.op('conv2d', [x], [images, to, size, size], image, 9 * from * to));
  };
  const [first, second] = [convolution('conv1', 1, 8, 21), convolution('conv2', 8, 16, 22)];
  const x = sketch.tensor([images, 1, 12, 12], image, { role: 'input', requiresGrad: false });
  sketch.call(root, [x], 30, () => {
    const pooled = sketch.op('maxPool2d', [first(x, 12)], [images, 8, 6, 6], image);
    return second(pooled, 6);
  });
  return sketch.trace();
}

/** A tree of as many rows as asked, to scroll in. */
export function tall(options: Options, rows: number): FileTrace {
  const sketch = new Sketch({ ...options, name: `${rows} layers`, className: 'Tall' });
  const root = sketch.module('', 'Tall');
  const layers = Array.from({ length: rows }, (_, i) => linear(sketch, `l${i}`, 8, 8, 3));
  const x = sketch.tensor([2, 8], ['batch', 'embed']);
  sketch.call(root, [x], 4, () => layers.reduce((h, layer) => layer(h), x));
  return sketch.trace();
}

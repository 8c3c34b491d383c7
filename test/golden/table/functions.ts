/** Operations of tensors and `nn.functional`, one line each, looked up by name. */
import { nn, type Tensor } from '../../../core/index.ts';
import { call, fn } from '../lookup.ts';
import { camelCase, of, type Runner, type Tensors } from './runner.ts';

/** Calls a function of the core by its name. */
const f = (name: string, ...args: readonly unknown[]) => fn(name)(...args);

/** A function of `x` alone, or of `a` and `b`. */
const unary = (name: string) => of(({ x }) => f(name, x));
const binary = (name: string) => of(({ a, b }) => f(name, a, b));

/** All hyperparameters as options behind the input. */
const withOptions = (name: string) => of(({ x }, hyper) => f(name, x, camelCase(hyper)));

/** Cases that slice, where PyTorch's own notation tells them apart. */
const slices: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  'y = x[1:4, 2:5]': (x) => x.slice(0, 1, 4).slice(1, 2, 5),
  'y = x[::2, 1::3]': (x) => x.slice(0, undefined, undefined, 2).slice(1, 1, undefined, 3),
  'y = x[-3:-1, :, -1]': (x) => x.slice(0, -3, -1).select(2, -1),
  'y = x[:, 2:2]': (x) => x.slice(1, 2, 2),
};

const slice: Runner = ({ code }, { inputs: { x } }) => {
  const cut = slices[code];
  if (cut === undefined) throw new Error(`the slice \`${code}\` is not in the table`);
  return { outputs: { y: cut(x!) } };
};

const reduction =
  (name: string): Runner =>
  ({ code, hparams }, { inputs: { x } }) => {
    const written = /dim=(-?\d+)/.exec(code)?.[1];
    const dim = written === undefined ? hparams.dim : Number(written);
    return { outputs: { y: call(x!, name, dim, code.includes('keepdim=True')) } };
  };

const variance =
  (name: string): Runner =>
  ({ code, hparams }, { inputs: { x } }) => {
    const written = /dim=(-?\d+)/.exec(code)?.[1];
    const dim = written === undefined ? hparams.dim : Number(written);
    const options = { correction: code.includes('unbiased=False') ? 0 : 1, keepdim: code.includes('keepdim=True') };
    return { outputs: { y: call(x!, name, dim, options) } };
  };

/** Losses of an output and a target; a weight among the inputs joins the options. */
const loss = (name: string, first: string) =>
  of(({ [first]: output, target, weight, pos_weight: posWeight }, hyper) => {
    const options = { ...camelCase(hyper), ...(weight && { weight }), ...(posWeight && { posWeight }) };
    return f(name, output, target, options);
  }, 'loss');

const pool =
  (name: string): Runner =>
  ({ code, hparams }, { inputs: { x } }) => {
    const written = /pool2d\(x, (\d+), (\d+), (\d+)\)/.exec(code);
    const hyper = written ? { kernel_size: +written[1]!, stride: +written[2]!, padding: +written[3]! } : hparams;
    if (code.includes('return_indices')) {
      const [y, indices] = f(name, x, 2, { returnIndices: true }) as [Tensor, Tensor];
      return { outputs: { y, indices } };
    }
    const { kernelSize, ...options } = camelCase(hyper);
    return { outputs: { y: f(name, x, kernelSize, options) as Tensor } };
  };

const lenet: Runner = ({ hparams: { padding, pool: kind, activation } }, { inputs: { x, target }, params: p }) => {
  const stage = (h: Tensor, layer: string, options: object) => {
    const features = f('conv2d', h, p[`${layer}_weight`], p[`${layer}_bias`], options) as Tensor;
    return f(`${kind}Pool2d`, f(activation as string, features), 2) as Tensor;
  };
  const h = stage(stage(x!, 'conv1', { padding }), 'conv2', {}).flatten(1);
  const hidden = f(activation as string, nn.functional.linear(h, p.fc1_weight!, p.fc1_bias)) as Tensor;
  const logits = nn.functional.linear(hidden, p.fc2_weight!, p.fc2_bias);
  return { outputs: { logits, loss: nn.functional.crossEntropy(logits, target!) } };
};

const convBatchNorm: Runner = (_, { inputs: { x, target }, params: p }) => {
  const h = f('conv2d', x, p.conv_weight, undefined, { stride: 2, padding: 1 });
  const normal = f('batchNorm', h, undefined, undefined, p.bn_weight, p.bn_bias, { training: true, eps: 1e-5 });
  const pooled = (f('adaptiveAvgPool2d', (normal as Tensor).relu(), 1) as Tensor).flatten(1);
  const logits = nn.functional.linear(pooled, p.fc_weight!, p.fc_bias);
  return { outputs: { logits, loss: nn.functional.crossEntropy(logits, target!, { labelSmoothing: 0.1 }) } };
};

const residual: Runner = (_, { inputs: { x }, params: p }) => {
  const h = (f('conv2d', x, p.w1, p.b1, { padding: 1 }) as Tensor).relu();
  return { outputs: { y: (f('conv2d', h, p.w2, p.b2, { padding: 1 }) as Tensor).add(x!).relu() } };
};

const positions: Runner = ({ hparams }, { inputs: { x } }) => {
  const { length, d_model: dModel, start } = hparams as Record<string, number>;
  const pe = nn.sinusoidalTable(length!, dModel!, { start: start! });
  const outputs: Tensors = x ? { pe, y: x.mul(Math.sqrt(dModel!)).add(pe) } : { pe };
  return { outputs };
};

export const functions: Readonly<Record<string, Runner>> = {
  'torch.add': binary('add'),
  'torch.sub': binary('sub'),
  'torch.mul': binary('mul'),
  'torch.div': binary('div'),
  'torch.pow': of(({ x, a, b }, { exponent }) => (x ? f('pow', x, exponent) : f('pow', a, b))),
  'torch.maximum': binary('maximum'),
  'torch.minimum': binary('minimum'),
  accumulation: of(({ x }) =>
    x!
      .mul(x!)
      .add(x!)
      .sub(x!.div(x!.mul(x!).add(1))),
  ),
  'torch.where': of(({ c, a, b }) => f('where', c, a, b)),
  'torch.Tensor.masked_fill': of(({ x, mask }, { value }) => call(x!, 'maskedFill', mask, value)),
  'torch.exp': unary('exp'),
  'torch.log': unary('log'),
  'torch.sqrt': unary('sqrt'),
  'torch.tanh': unary('tanh'),
  'torch.sigmoid': unary('sigmoid'),
  'torch.relu': unary('relu'),
  'torch.nn.functional.gelu': withOptions('gelu'),
  'torch.nn.functional.silu': unary('silu'),
  'torch.nn.functional.leaky_relu': of(({ x }, { negative_slope: slope }) => f('leakyRelu', x, slope)),
  'torch.neg': unary('neg'),
  'torch.abs': unary('abs'),
  'torch.erf': unary('erf'),
  'torch.clamp': of(({ x }, { min, max }) => f('clamp', x, min, max)),
  'torch.nn.functional.softplus': unary('softplus'),
  'torch.nn.functional.elu': of(({ x }, { alpha }) => f('elu', x, alpha)),
  'torch.sin+cos': of(({ x }) => f('mul', f('sin', x), f('cos', x))),
  'torch.matmul': ({ code }, { inputs: { a, b } }) => {
    const left = code.includes('a.t()') ? a!.t() : a!;
    const right = code.includes('b.t()') ? b!.t() : code.includes('b.transpose') ? b!.transpose(-1, -2) : b!;
    return { outputs: { y: left.matmul(right) } };
  },
  'torch.transpose': ({ code }, { inputs: { x } }) => {
    const [, i, j] = /transpose\((-?\d+), (-?\d+)\)/.exec(code)!;
    return { outputs: { y: x!.transpose(Number(i), Number(j)) } };
  },
  'torch.permute': of(({ x }, { dims }) => x!.permute(...(dims as number[]))),
  'torch.reshape': ({ code, hparams }, { inputs: { x } }) => {
    const from = code.includes('transpose(0, 2)') ? x!.transpose(0, 2) : x!;
    return { outputs: { y: from.reshape(...(hparams.shape as number[])) } };
  },
  'torch.flatten': of(({ x }) => x!.flatten(1, 2)),
  'torch.squeeze': of(({ x }) => x!.squeeze(2).unsqueeze(-1)),
  'torch.narrow': slice,
  slice,
  'torch.select': of(({ x }, { index }) => x!.select(0, index as number)),
  'torch.cat': ({ code }, { inputs }) => {
    const dim = Number(/dim=(-?\d+)/.exec(code)![1]);
    return { outputs: { y: f('cat', Object.values(inputs), dim) as Tensor } };
  },
  'torch.stack': of(({ a, b }) => f('stack', [a, b], 1)),
  'torch.split': (_, { inputs: { x } }) => {
    const pieces = x!.split([1, 4, 2], 1);
    return { outputs: Object.fromEntries(pieces.map((piece, i) => [`y${i}`, piece])) };
  },
  'torch.gather': ({ code }, { inputs: { x, index } }) => {
    const dim = Number(/gather\(x, (\d+)/.exec(code)![1]);
    return { outputs: { y: f('gather', x, dim, index) as Tensor } };
  },
  'torch.index_select': of(({ x, index }) => f('indexSelect', x, 0, index)),
  indexing: of(({ x, index }) => call(x!, 'index', index)),
  'torch.Tensor.expand': of(({ x }) => x!.expand(2, 3, 4, 2)),
  'torch.Tensor.repeat': of(({ x }, { reps }) => call(x!, 'repeat', ...(reps as number[]))),
  'torch.nn.functional.pad': of(({ x }, { pad, value }) => f('pad', x, pad, value)),
  'torch.flip': of(({ x }, { dims }) => f('flip', x, dims)),
  'torch.tril': of(({ x }, { diagonal }) => f('tril', x, diagonal)),
  'torch.sum': reduction('sum'),
  'torch.mean': reduction('mean'),
  'torch.amax': reduction('amax'),
  'torch.amin': reduction('amin'),
  'torch.logsumexp': reduction('logsumexp'),
  'torch.var': variance('var'),
  'torch.std': variance('std'),
  'torch.max': ({ code }, { inputs: { x } }) => {
    if (!code.includes('dim=')) return { outputs: { y: x!.max() } };
    const { values, indices } = x!.max(1);
    return { outputs: { y: values, indices } };
  },
  'torch.argmax': (_, { inputs: { x } }) => ({ outputs: { y: x!.argmax(-1), z: x!.sum() } }),
  'torch.cumsum': of(({ x }) => x!.cumsum(1)),
  'torch.linalg.vector_norm': of(({ x }) => x!.mul(x!).sum(1).sqrt()),
  'torch.nn.functional.softmax': ({ hparams }, { inputs: { x, mask } }) => ({
    outputs: { y: (mask ? x!.add(mask) : x!).softmax((hparams.dim as number | undefined) ?? -1) },
  }),
  'torch.nn.functional.log_softmax': of(({ x }, { dim }) => f('logSoftmax', x, dim)),
  rms_norm: of(({ x }, { eps }, { weight }) => f('rmsNorm', x, weight!.shape, weight, eps)),
  inverted_dropout: of(({ x, keep }, { p }) => x!.mul(keep!).div(1 - (p as number))),
  'torch.nn.functional.max_pool2d': pool('maxPool2d'),
  'torch.nn.functional.max_pool1d': pool('maxPool1d'),
  'torch.nn.functional.avg_pool2d': pool('avgPool2d'),
  'torch.nn.functional.avg_pool1d': pool('avgPool1d'),
  'torch.nn.functional.adaptive_avg_pool2d': of(({ x }, { output_size: size }) => f('adaptiveAvgPool2d', x, size)),
  'torch.nn.functional.cross_entropy': loss('crossEntropy', 'logits'),
  'torch.nn.functional.mse_loss': loss('mseLoss', 'input'),
  'torch.nn.functional.binary_cross_entropy_with_logits': loss('binaryCrossEntropyWithLogits', 'input'),
  'torch.nn.functional.l1_loss': loss('l1Loss', 'input'),
  'torch.nn.functional.smooth_l1_loss': loss('smoothL1Loss', 'input'),
  'torch.nn.functional.nll_loss': of(({ x, target }) => f('nllLoss', f('logSoftmax', x, 1), target), 'loss'),
  sinusoidal_positional_encoding: positions,
  lenet_cnn: lenet,
  conv_bn_relu_gap: convBatchNorm,
  residual_block: residual,
};

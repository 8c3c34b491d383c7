/**
 * PyTorch's words for the operations of the registry, over their inputs and attributes; or why there are none. An operation that is
 * not here fails the tests.
 */
import type { Tensor } from '../../core/index.ts';
import { python } from './case.ts';

interface Of {
  /** What the inputs are called. */
  readonly args: readonly string[];
  readonly attrs: Readonly<Record<string, never>>;
  readonly inputs: readonly Tensor[];
}

/** An expression, or the reason why PyTorch does not judge this operation by itself. */
type Expression = ((of: Of) => string | undefined) | { readonly without: string };

const without = (reason: string): Expression => ({ without: reason });
const kernel = without('a kernel of a gradient: PyTorch judges it as the gradient of its operation');

const operator =
  (sign: string): Expression =>
  ({ args: [a, b] }) =>
    `${a} ${sign} ${b}`;
const method =
  (name: string, ...more: string[]): Expression =>
  ({ args: [a] }) =>
    `${a}.${name}(${more.join(', ')})`;
const functional =
  (name: string, ...attributes: string[]): Expression =>
  ({ args: [a], attrs }) =>
    `F.${name}(${[a, ...attributes.map((attribute) => python(attrs[attribute]!))].join(', ')})`;
const torch =
  (name: string): Expression =>
  ({ args }) =>
    `torch.${name}(${args.join(', ')})`;
/** Over dimensions; without any, of a single number, over all. */
const reduced =
  (name: string, more = ''): Expression =>
  ({ args: [a], attrs: { dims, keepdim } }) =>
    `${a}.${name}(dim=${tuple(dims)}${more}, keepdim=${python(keepdim!)})`;
const tuple = (values: unknown) => `(${(values as readonly number[]).map((value) => `${value},`).join(' ')})`;
const along =
  (name: string): Expression =>
  ({ args: [a], attrs: { dim } }) =>
    `${a}.${name}(${python(dim!)})`;

/** Zeros around the last dimensions, before and after each, the last dimension first. */
const padding = (pairs: unknown) => `[${(pairs as number[][]).toReversed().flat().join(', ')}]`;

const convolution =
  (rank: number): Expression =>
  ({ args: [x, weight, bias = 'None'], attrs: { stride, padding: around, dilation, groups } }) =>
    `F.conv${rank}d(F.pad(${x}, ${padding(around)}), ${weight}, ${bias}, ${python(stride!)}, 0, ${python(dilation!)}, ${groups})`;
const transposed =
  (rank: number): Expression =>
  ({ args: [x, weight, bias = 'None'], attrs: { stride, padding: around, dilation, groups } }) => {
    const cut = (around as number[][] | undefined)!.map(([before, after]) => `${before}:${after ? -after : ''}`);
    return `F.conv_transpose${rank}d(${x}, ${weight}, ${bias}, ${python(stride!)}, 0, 0, ${groups}, ${python(dilation!)})[:, :, ${cut.join(', ')}]`;
  };
const maxPool =
  (rank: number, indices: boolean): Expression =>
  ({ args: [x], attrs: { kernel: size, stride, padding: around, dilation, ceil } }) =>
    `F.max_pool${rank}d(${x}, ${[size, stride, around, dilation].map((each) => python(each!)).join(', ')}, ${python(ceil!)}, True)[${indices ? 1 : 0}]`;

/** A list of Python's with the targets that do not count. */
const classes: Expression = ({ args: [x, target, weight = 'None'], attrs: { dim, ignoreIndex, reduction } }) =>
  `F.nll_loss(${x}.movedim(${dim}, 1) if ${x}.dim() > 1 else ${x}, ${target}, ${weight}, None, ${ignoreIndex}, None, '${reduction}')`;

const averagePool =
  (rank: number): Expression =>
  ({ args: [x], attrs: { kernel: size, stride, padding: around, ceil, countIncludePad, divisorOverride } }) =>
    `F.avg_pool${rank}d(${[x, ...[size, stride, around, ceil, countIncludePad].map((each) => python(each!))].join(', ')}${rank === 2 ? `, ${divisorOverride ?? 'None'}` : ''})`;
const onePass = without('several operations in one pass: PyTorch judges the layers that use it');

export const expressions: Readonly<Record<string, Expression>> = {
  add: operator('+'),
  sub: operator('-'),
  mul: operator('*'),
  div: operator('/'),
  maximum: torch('maximum'),
  minimum: torch('minimum'),
  pow: torch('pow'),
  powScalar: ({ args: [a], attrs: { exponent } }) => `${a} ** ${python(exponent!)}`,
  eq: operator('=='),
  ne: operator('!='),
  lt: operator('<'),
  le: operator('<='),
  gt: operator('>'),
  ge: operator('>='),
  logicalAnd: torch('logical_and'),
  logicalOr: torch('logical_or'),
  logicalXor: torch('logical_xor'),
  logicalNot: torch('logical_not'),
  isnan: torch('isnan'),
  isinf: torch('isinf'),
  isfinite: torch('isfinite'),
  remainder: torch('remainder'),
  fmod: torch('fmod'),
  atan: method('atan'),
  atan2: torch('atan2'),
  where: torch('where'),
  maskedFill: ({ args: [x, mask], attrs: { value } }) => `${x}.masked_fill(${mask}, ${python(value!)})`,
  neg: method('neg'),
  abs: method('abs'),
  sign: method('sign'),
  exp: method('exp'),
  expm1: method('expm1'),
  log: method('log'),
  log2: method('log2'),
  log10: method('log10'),
  log1p: method('log1p'),
  sqrt: method('sqrt'),
  rsqrt: method('rsqrt'),
  reciprocal: method('reciprocal'),
  square: method('square'),
  sin: method('sin'),
  cos: method('cos'),
  erf: method('erf'),
  floor: method('floor'),
  ceil: method('ceil'),
  trunc: method('trunc'),
  round: method('round'),
  clamp: ({ args: [a], attrs: { min, max } }) => `${a}.clamp(${python(min!)}, ${python(max!)})`,
  tanh: method('tanh'),
  sigmoid: method('sigmoid'),
  relu: method('relu'),
  gelu: functional('gelu'),
  geluTanh: ({ args: [a] }) => `F.gelu(${a}, approximate='tanh')`,
  silu: functional('silu'),
  softplus: functional('softplus', 'p'),
  leakyRelu: functional('leaky_relu', 'p'),
  elu: functional('elu', 'p'),
  tanhBackward: kernel,
  sigmoidBackward: kernel,
  reluBackward: kernel,
  geluBackward: kernel,
  geluTanhBackward: kernel,
  siluBackward: kernel,
  softplusBackward: kernel,
  leakyReluBackward: kernel,
  eluBackward: kernel,
  hardtanh: functional('hardtanh', 'min', 'max'),
  relu6: functional('relu6'),
  hardsigmoid: functional('hardsigmoid'),
  hardswish: functional('hardswish'),
  hardshrink: functional('hardshrink', 'lambda'),
  softshrink: functional('softshrink', 'lambda'),
  threshold: functional('threshold', 'threshold', 'value'),
  selu: functional('selu'),
  celu: functional('celu', 'alpha'),
  mish: functional('mish'),
  softsign: functional('softsign'),
  logSigmoid: functional('logsigmoid'),
  tanhshrink: functional('tanhshrink'),
  prelu: ({ args: [x, weight] }) => `F.prelu(${x}, ${weight})`,
  sum: reduced('sum'),
  mean: reduced('mean'),
  prodBackward: kernel,
  prod: ({ args: [a], attrs: { dims, keepdim } }) => `prod(${a}, ${tuple(dims)}, ${python(keepdim!)})`,
  amax: reduced('amax'),
  amin: reduced('amin'),
  logsumexp: ({ args: [a], attrs: { dims, keepdim }, inputs: [x] }) =>
    `${a}.logsumexp(${x!.ndim === 0 ? '0' : tuple(dims)}, keepdim=${python(keepdim!)})`,
  norm: ({ args: [a], attrs: { dims, keepdim, p }, inputs: [x] }) =>
    `torch.linalg.vector_norm(${a}, ${python(p ?? 2)}, ${x!.ndim === 0 ? 'None' : tuple(dims)}, keepdim=${python(keepdim!)})`,
  any: ({ args: [a] }) => `${a}.any()`,
  all: ({ args: [a], attrs: { dims } }) => `prod(${a}.int(), ${tuple(dims)}, True).bool()`,
  argmax: ({ args: [a], attrs: { dims, keepdim } }) => `choose('argmax', ${a}, ${tuple(dims)}, ${python(keepdim!)})`,
  argmin: ({ args: [a], attrs: { dims, keepdim } }) => `choose('argmin', ${a}, ${tuple(dims)}, ${python(keepdim!)})`,
  var: ({ args: [a], attrs: { dims, keepdim, correction } }) =>
    `${a}.var(dim=${tuple(dims)}, unbiased=${correction ? 'True' : 'False'}, keepdim=${python(keepdim!)})`,
  std: ({ args: [a], attrs: { dims, keepdim, correction } }) =>
    `${a}.std(dim=${tuple(dims)}, unbiased=${correction ? 'True' : 'False'}, keepdim=${python(keepdim!)})`,
  cumprod: along('cumprod'),
  cumprodBackward: kernel,
  kthvalue: without('which of equal elements is named is PyTorch’s secret; calls are judged'),
  median: ({ args: [a] }) => `${a}.median()`,
  bernoulli: without('random'),
  multinomial: without('random'),
  unfold: ({ args: [a], attrs: { dim, size, step } }) => `${a}.unfold(${dim}, ${size}, ${step})`,
  unfoldBackward: kernel,
  scatterReduce: ({ args: [a, ids, src], attrs: { dim, reduce, includeSelf } }) =>
    `${a}.scatter_reduce(${dim}, ${ids}, ${src}, '${reduce}', include_self=${python(includeSelf!)})`,
  cumsum: along('cumsum'),
  softmax: along('softmax'),
  logSoftmax: along('log_softmax'),
  softmaxBackward: kernel,
  logSoftmaxBackward: kernel,
  argsort: ({ args: [a], attrs: { dim, descending } }) =>
    `torch.sort(${a}, dim=${python(dim!)}, descending=${python(descending!)}, stable=True)[1]`,
  topk: ({ args: [a], attrs: { dim, count } }) =>
    `torch.sort(${a}, dim=${python(dim!)}, descending=True, stable=True)[1].narrow(${python(dim!)}, 0, ${count})`,
  matmul: operator('@'),
  bmm: torch('bmm'),
  linear: ({ args }) => `F.linear(${args.join(', ')})`,
  multiHeadAttention: onePass,
  splitHeads: onePass,
  splitHeadsBackward: kernel,
  combineHeads: onePass,
  recurrence: onePass,
  reshape: ({ args: [a], attrs: { shape } }) => `${a}.reshape(${tuple(shape)})`,
  expand: ({ args: [a], attrs: { shape } }) => `${a}.expand(${tuple(shape)})`,
  squeeze: ({ args: [a], attrs: { dims } }) =>
    (dims as unknown as number[]).toSorted((x, y) => y - x).reduce((text, d) => `${text}.squeeze(${d})`, a!),
  unsqueeze: along('unsqueeze'),
  permute: ({ args: [a], attrs: { dims } }) => `${a}.permute(${tuple(dims)})`,
  transpose: ({ args: [a], attrs: { dims } }) => `${a}.permute(${tuple(dims)})`,
  slice: ({ args: [a], attrs: { dim, start, length, step } }) =>
    `${a}[${':, '.repeat(dim!)}${start}:${start! + length! * step!}:${step}]`,
  sliceBackward: kernel,
  select: ({ args: [a], attrs: { dim, index } }) => `${a}.select(${dim}, ${index})`,
  cat: ({ args, attrs: { dim } }) => `torch.cat([${args.join(', ')}], ${dim})`,
  repeat: ({ args: [a], attrs: { times } }) => `${a}.repeat(${tuple(times)})`,
  flip: ({ args: [a], attrs: { dims } }) => `${a}.flip(${tuple(dims)})`,
  pad: ({ args: [a], attrs: { before, after, value } }) => {
    const pairs = (before as unknown as number[]).map((n, i) => [n, (after as unknown as number[])[i]]);
    return `F.pad(${a}, ${padding(pairs)}, value=${value})`;
  },
  tril: ({ args: [a], attrs: { diagonal } }) => `${a}.tril(${diagonal})`,
  triu: ({ args: [a], attrs: { diagonal } }) => `${a}.triu(${diagonal})`,
  causalMask: without('PyTorch has none; agreement.test.ts holds it to triu'),
  diagonal: ({ args: [a], attrs: { offset, dim1, dim2 } }) => `${a}.diagonal(${offset}, ${dim1}, ${dim2})`,
  diagonalBackward: kernel,
  gather: ({ args: [a, ids], attrs: { dim } }) => `${a}.gather(${dim}, ${ids})`,
  scatterAdd: ({ args: [a, ids, src], attrs: { dim } }) => `${a}.scatter_add(${dim}, ${ids}, ${src})`,
  scatter: without('what is written twice is undefined in PyTorch; scatterAdd is judged'),
  sliceScatter: ({ args: [a, src], attrs: { dim, start, length, step } }) =>
    `put(${a}, ${src}, ${'slice(None), '.repeat(dim!)}slice(${start}, ${start! + length! * step!}, ${step}))`,
  indexSelect: ({ args: [a, ids], attrs: { dim } }) => `${a}.index_select(${dim}, ${ids})`,
  indexAdd: ({ args: [a, ids, src], attrs: { dim } }) => `${a}.index_add(${dim}, ${ids}, ${src})`,
  oneHot: ({ args: [ids], attrs: { classes: count } }) => `F.one_hot(${ids}, ${count})`,
  shift: without('targets moved by one word: ours alone'),
  embedding: ({ args: [weight, ids], attrs: { paddingIdx } }) =>
    `F.embedding(${ids}, ${weight}, ${paddingIdx === undefined ? 'None' : paddingIdx})`,
  embeddingBackward: kernel,
  dropout: without('random: both backends draw the same'),
  layerNorm: ({ args: [x, ...more], attrs: { normalizedShape, hasWeight, hasBias, eps } }) => {
    const weight = hasWeight ? more[0] : 'None';
    return `F.layer_norm(${x}, ${tuple(normalizedShape)}, ${weight}, ${hasBias ? more.at(-1) : 'None'}, ${eps})`;
  },
  rmsNorm: ({ args: [x, weight], attrs: { normalizedShape, eps } }) => {
    const dims = tuple((normalizedShape as unknown as number[]).map((_, i) => -1 - i));
    return `${x} * torch.rsqrt((${x} * ${x}).mean(${dims}, keepdim=True) + ${eps})${weight ? ` * ${weight}` : ''}`;
  },
  batchNorm: ({ args: [x, ...more], attrs: { hasWeight, hasBias, hasStatistics, eps } }) => {
    const [mean, variance] = hasStatistics ? more.splice(-2) : ['None', 'None'];
    const bias = hasBias ? more.pop() : 'None';
    const weight = hasWeight ? more.pop() : 'None';
    return `F.batch_norm(${x}, ${mean}, ${variance}, ${weight}, ${bias}, ${hasStatistics ? 'False' : 'True'}, 0.1, ${eps})`;
  },
  binaryCrossEntropy: ({ args: [x, target] }) => `F.binary_cross_entropy(${x}, ${target}, reduction='none')`,
  nllLoss: classes,
  nllLossBackward: kernel,
  ctcLoss: without("PyTorch's gradient is of logits through their softmax: the layer is judged so"),
  ctcLossBackward: kernel,
  conv1d: convolution(1),
  conv2d: convolution(2),
  convInputBackward: kernel,
  convWeightBackward: kernel,
  convTranspose1d: transposed(1),
  convTranspose2d: transposed(2),
  maxPool1d: maxPool(1, false),
  maxPool2d: maxPool(2, false),
  maxPool1dIndices: maxPool(1, true),
  maxPool2dIndices: maxPool(2, true),
  avgPool1d: averagePool(1),
  avgPool2d: averagePool(2),
  adaptiveAvgPool1d: ({ args: [x], attrs: { sizes } }) => `F.adaptive_avg_pool1d(${x}, ${python(sizes!)})`,
  adaptiveAvgPool2d: ({ args: [x], attrs: { sizes } }) => `F.adaptive_avg_pool2d(${x}, ${python(sizes!)})`,
  averagePoolBackward: kernel,
  adaptiveMaxPool1d: ({ args: [x], attrs: { sizes } }) => `F.adaptive_max_pool1d(${x}, ${python(sizes!)}[0], True)[1]`,
  adaptiveMaxPool2d: ({ args: [x], attrs: { sizes } }) => `F.adaptive_max_pool2d(${x}, ${python(sizes!)}, True)[1]`,
  interpolate: ({ args: [x], attrs: { sizes, factors, mode, alignCorners } }) =>
    `F.interpolate(${x}, ${factors ? 'None' : python(sizes!)}, ${factors ? python(factors) : 'None'}, '${mode}'${String(mode).endsWith('linear') ? `, ${python(alignCorners!)}` : ''})`,
  interpolateBackward: kernel,
  named: ({ args: [a] }) => `${a} * 1 if ${a}.dtype == torch.float32 else ${a}`,
  detach: method('detach'),
  clone: method('clone'),
  contiguous: method('contiguous'),
  to: ({ args: [a], attrs: { dtype } }) =>
    `${a}.to(torch.${{ f32: 'float32', i32: 'int64', bool: 'bool' }[dtype as unknown as 'f32']})`,
};

/** Operations of which each number of the output comes of one of each input: the ends of what floats can hold are tried on them. */
export const elementwise: ReadonlySet<string> = new Set([
  ...['add', 'sub', 'mul', 'div', 'maximum', 'minimum', 'pow', 'powScalar', 'eq', 'ne', 'lt', 'le', 'gt', 'ge'],
  ...['logicalAnd', 'logicalOr', 'logicalXor', 'logicalNot', 'isnan', 'where', 'maskedFill', 'neg', 'abs', 'sign'],
  ...['exp', 'expm1', 'log', 'log1p', 'sqrt', 'rsqrt', 'reciprocal', 'square', 'sin', 'cos', 'erf', 'floor', 'ceil'],
  ...['log2', 'log10', 'trunc', 'isinf', 'isfinite', 'remainder', 'fmod', 'atan', 'atan2'],
  ...['round', 'clamp', 'tanh', 'sigmoid', 'relu', 'gelu', 'geluTanh', 'silu', 'softplus', 'leakyRelu', 'elu'],
  ...['hardtanh', 'relu6', 'hardsigmoid', 'hardswish', 'hardshrink', 'softshrink', 'threshold', 'selu', 'celu', 'mish'],
  ...['softsign', 'logSigmoid', 'tanhshrink', 'amax', 'amin', 'argmax', 'argmin', 'argsort', 'topk', 'permute'],
  ...[
    'slice',
    'select',
    'cat',
    'repeat',
    'flip',
    'pad',
    'tril',
    'triu',
    'gather',
    'indexSelect',
    'clone',
    'contiguous',
  ],
]);

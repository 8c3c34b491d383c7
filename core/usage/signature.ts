/** A line of the tables of signatures, taken apart once. */
import { forwards } from './forwards.ts';
import { definitions, functions, tensorFunctions } from './functions.ts';
import { layers } from './layers.ts';
import { methods } from './methods.ts';
import { optimizers } from './optimizers.ts';

/** What something takes. */
export interface Signature {
  readonly name: string;
  /** How it is written before its brackets: `new nn.Linear`. */
  readonly written: string;
  /** Whether it is a method of its first argument, too. */
  readonly isMethod: boolean;
  /** Parameters by position. */
  readonly positional: readonly string[];
  /** Whether it takes as many of the last one as there are. */
  readonly open: boolean;
  /** Names in the object of options, in PyTorch's order; undefined where it takes none. */
  readonly options: readonly string[] | undefined;
  readonly known: ReadonlySet<string>;
  /** What kind of value each parameter by position takes; undefined where that is checked by the function itself. */
  readonly kinds: readonly (Kind | undefined)[];
  /** What PyTorch takes and we do not, of either kind. */
  readonly absent: ReadonlySet<string>;
}

/** What an argument has to be: `numbers` is one or a list of them, and where there is no `optionalTensor` stands null. */
export type Kind = 'tensor' | 'optionalTensor' | 'number' | 'optionalNumber' | 'boolean' | 'numbers' | 'list';

/** Parameters that are of one kind wherever they stand, by name. */
const kinds: readonly (readonly [Kind, readonly string[]])[] = [
  [
    'tensor',
    [
      ...['x', 'a', 'b', 'u', 'v', 'x1', 'x2', 'ids', 'mask', 'condition', 'source', 'theta', 'grid', 'other'],
      ...[
        'input',
        'target',
        'query',
        'key',
        'logits',
        'logProbs',
        'targets',
        'anchor',
        'positive',
        'negative',
        'variance',
        'weight',
      ],
    ],
  ],
  [
    'number',
    [
      ...[
        'groups',
        'upscaleFactor',
        'downscaleFactor',
        'rows',
        'columns',
        'queryLength',
        'low',
        'high',
        'steps',
        'limit',
      ],
      ...['normType', 'k', 'n', 'count', 'chunks', 'length', 'maxNorm', 'clipValue', 'sparsity'],
    ],
  ],
  [
    'optionalNumber',
    [
      ...['alpha', 'beta', 'lambda', 'negativeSlope', 'lower', 'upper', 'eps', 'offset', 'keyLength', 'threshold'],
      ...['diagonal', 'gain'],
    ],
  ],
  ['boolean', ['keepdim', 'training']],
  ['numbers', ['kernelSize', 'outputSize', 'normalizedShape']],
  ['list', ['times', 'dims']],
  ['optionalTensor', ['bias', 'runningMean', 'runningVar']],
];
const kindOf = new Map(kinds.flatMap(([kind, names]) => names.map((name): [string, Kind] => [name, kind])));

/** What an option has to be. */
export type OptionKind = 'boolean' | 'number' | 'pair';

/** Options that are of one kind wherever they stand. */
const optionKinds = new Map<string, OptionKind>(
  Object.entries({
    boolean: [
      ...[
        'accumulate',
        'addBiasKv',
        'addZeroAttn',
        'affine',
        'alignCorners',
        'amsgrad',
        'asTuple',
        'batchFirst',
        'bias',
      ],
      ...['bidirectional', 'ceilMode', 'centered', 'countIncludePad', 'createGraph', 'descending', 'elementwiseAffine'],
      ...['equalNan', 'full', 'hard', 'includeSelf', 'interleaved', 'isCausal', 'keepdim', 'largest', 'logInput'],
      ...['logTarget', 'maximize', 'nesterov', 'normFirst', 'replacement', 'requiresGrad', 'returnCounts'],
      ...['returnIndices', 'returnInverse', 'swap', 'trackRunningStats', 'training', 'useInputStats', 'zeroInfinity'],
      ...['needWeights', 'averageAttnWeights', 'srcIsCausal', 'tgtIsCausal', 'memoryIsCausal'],
    ],
    number: [
      ...[
        'alpha',
        'atol',
        'base',
        'beta',
        'blank',
        'cooldown',
        'correction',
        'dModel',
        'dampening',
        'delta',
        'dropout',
      ],
      ...['dropoutP', 'endFactor', 'eps', 'etaMin', 'factor', 'gamma', 'hiddenSize', 'historySize'],
      ...['keySize', 'labelSmoothing', 'lambd', 'layerNormEps', 'lr', 'margin', 'maxEval', 'maxIter', 'maxLength'],
      ...['minLr', 'minlength', 'momentum', 'momentumDecay', 'nPowerIterations', 'normType'],
      ...['paddingValue', 'patience', 'power', 'projSize', 'rho', 'rtol', 'startFactor', 'stepSize', 't0', 'tMax'],
      ...['tMult', 'tau', 'threshold', 'toleranceChange', 'toleranceGrad', 'totalIters', 'totalSteps', 'warmup'],
      ...['weightDecay', 'pctStart', 'divFactor', 'finalDivFactor', 'lrDecay', 'initialAccumulatorValue'],
      ...['dimFeedforward', 'numEncoderLayers', 'numDecoderLayers', 'divisorOverride', 'groups', 'baseLr', 'maxLr'],
    ],
    pair: ['betas', 'etas', 'stepSizes'],
  } satisfies Record<OptionKind, string[]>).flatMap(([kind, names]) =>
    names.map((name): [string, OptionKind] => [name, kind as OptionKind]),
  ),
);

/** Undefined where that is checked by whoever takes it. */
export const optionKindOf = (option: string): OptionKind | undefined => optionKinds.get(option);

/** Where a parameter of such a name takes others, too, or is of a kind that its name does not tell: `function.parameter`. */
const exceptions: Readonly<Record<string, Kind | undefined>> = {
  // A number stands for a 0-d tensor.
  ...Object.fromEntries(['addmm', 'addmv', 'addbmm', 'baddbmm'].map((name) => [`${name}.input`, undefined])),
  'where.a': undefined,
  'where.b': undefined,
  'bernoulli.p': 'tensor',
  'multinomial.p': 'tensor',
  ...Object.fromEntries(
    ['dropout', 'dropout1d', 'dropout2d', 'dropout3d', 'alphaDropout', 'featureAlphaDropout'].map((name) => [
      `${name}.p`,
      'number',
    ]),
  ),
  ...Object.fromEntries(
    ['normal.mean', 'normal.std', 'uniform.low', 'uniform.high'].map((own): [string, Kind] => [own, 'optionalNumber']),
  ),
  'constant.value': 'number',
  'maskedFill.value': 'number',
  'linspace.start': 'number',
  'linspace.end': 'number',
  ...Object.fromEntries(
    ['fullLike', 'onesLike', 'zerosLike', 'randLike', 'randnLike'].map((name) => [`${name}.t`, 'tensor']),
  ),
  'full.value': 'number',
  'fullLike.value': 'number',
  ...Object.fromEntries(
    ['batchNorm', 'groupNorm', 'instanceNorm', 'layerNorm', 'rmsNorm'].map((name) => [
      `${name}.weight`,
      'optionalTensor',
    ]),
  ),
  'affineGrid.size': 'list',
  'arange.start': 'number',
  'arange.end': 'optionalNumber',
  'arange.step': 'optionalNumber',
  'at.i': 'number',
  'localResponseNorm.size': 'number',
  'scatter.index': 'tensor',
  'select.index': 'number',
  'selectScatter.index': 'number',
  'sliceScatter.src': 'tensor',
  'tokens.words': 'list',
  'withAxes.axes': 'list',
  'attentionWithWeights.value': 'tensor',
  'scaledDotProductAttention.value': 'tensor',
  'flip.dims': 'numbers',
  'split.size': 'numbers',
  'tensordot.dims': undefined,
  'repeatInterleave.times': undefined,
  'indexCopy.index': 'tensor',
  'indexCopy.src': 'tensor',
  'indexFill.index': 'tensor',
  'takeAlongDim.index': 'tensor',
  'hardtanh.min': 'optionalNumber',
  'hardtanh.max': 'optionalNumber',
};

function kindsOf(name: string, positional: readonly string[]): (Kind | undefined)[] {
  // Of layers and optimizers the constructor checks them.
  if (/^[A-Z]/.test(name)) return [];
  return positional.map((parameter) => {
    const own = `${name}.${parameter}`;
    return Object.hasOwn(exceptions, own) ? exceptions[own] : kindOf.get(parameter);
  });
}

const families: readonly (readonly [prefix: string, lines: Readonly<Record<string, string>>])[] = [
  ['new nn.', layers],
  ['new optim.', optimizers],
  ['', forwards],
  ['nn.functional.', functions],
  ['', tensorFunctions],
  ['', methods],
  ['', definitions],
];

const parsed = new Map<string, Signature | undefined>();

/** That of this name, if there is one. */
export function signatureOf(name: string): Signature | undefined {
  if (parsed.has(name)) return parsed.get(name);
  const family = families.find(([, lines]) => Object.hasOwn(lines, name));
  const signature = family === undefined ? undefined : parse(name, family[0] + name, family[1][name]!);
  parsed.set(name, signature);
  return signature;
}

/** Functions of a tensor that are no methods of it; a test holds that there are no others. */
const notMethods: ReadonlySet<string> = new Set(['takeAlongDim', 'softplus']);

function parse(name: string, written: string, line: string): Signature {
  const [before = '', inside] = line.split('{');
  // Of what stands in no namespace, a capital tells a class.
  const made = name.endsWith('.forward') ? 'layer.forward' : /^[A-Z]\w*$/.test(written) ? `new ${written}` : written;
  const words = (text: string) => text.match(/[!.\w]+/g) ?? [];
  const all = words(before);
  const options = inside === undefined ? undefined : words(inside);
  const bare = (word: string) => word.replace(/^(?:!|\.\.\.)/, '');
  const absent = [...all, ...(options ?? [])].filter((word) => word.startsWith('!')).map(bare);
  const positional = all.map(bare);
  return {
    name,
    written: made,
    isMethod:
      Object.hasOwn(methods, name) || (Object.hasOwn(tensorFunctions, name) && all[0] === 'x' && !notMethods.has(name)),
    positional,
    kinds: kindsOf(name, positional),
    open: all.some((word) => word.startsWith('...')),
    options: options?.map(bare),
    known: new Set(options?.filter((word) => !word.startsWith('!'))),
    absent: new Set(absent),
  };
}

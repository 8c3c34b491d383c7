/**
 * Where numbers are made. A backend owns memory and kernels and knows nothing of shapes' meaning, gradients or modules:
 * operations (`core/ops`) have checked every shape, broadcast every stride and allocated every output before a kernel is
 * called. So a kernel may assume that its views are valid and agree, that outputs are contiguous unless it says otherwise,
 * and that outputs do not overlap inputs, except that `binary` may write onto its first operand, element upon element.
 *
 * The interface is narrow on purpose: a second backend (WASM) implements these methods and nothing else, and the same
 * tests hold both.
 */
import type { DType, TypedArray } from '../tensor/dtype.ts';
import type { MersenneTwister } from '../tensor/mersenneTwister.ts';

/** Memory of one allocation. `data` is read at each use: a backend whose memory grows may move it. */
export interface Storage {
  readonly data: TypedArray;
}

/** A strided view of a storage; strides in elements, 0 where broadcast. A `Tensor` is one. */
export interface Strided {
  readonly storage: Storage;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/** How a window moves over a plane: [rows, columns] each. */
export interface Geometry {
  readonly stride: readonly [number, number];
  /** Before the first row and column; what comes after follows from the output's size. */
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
}

/** What an attention does besides multiplying: `mask` [batch, head, query, key] is added to the scores. */
export interface AttentionKernel {
  readonly scale: number;
  /** Whether a query sees no key after its own position. */
  readonly causal: boolean;
  readonly mask: Strided | undefined;
}

export type RecurrenceKind = 'tanh' | 'relu' | 'lstm' | 'gru';

/** A recurrence over a sequence; a state is h, and in an LSTM c after it. All contiguous. */
export interface Recurrence {
  readonly kind: RecurrenceKind;
  /** Whether the last step comes first. */
  readonly reverse: boolean;
  /** What the inputs contribute to the gates, biased: [seq, batch, gates·hidden]; i f g o, or r z n. */
  readonly gates: Strided;
  /** What the state is multiplied with, [gates·hidden, hidden], and what is added to that, [gates·hidden]. */
  readonly weight: Strided;
  readonly bias: Strided | undefined;
  /** The state before the first step, [batch, hidden] each. */
  readonly start: readonly Strided[];
  /** The states after every step, [states, seq, batch, hidden]. */
  readonly out: Strided;
  /** For backward: the gates' values [seq, batch, gates·hidden], and in a GRU what the state gave to n, [seq, batch, hidden]. */
  readonly saved: readonly Strided[];
}

/** Where a recurrence's gradients go; `weight` holds zeros. */
export interface RecurrenceGradients {
  readonly gates: Strided;
  /** In a GRU, of what the state contributes to the gates, [seq, batch, gates·hidden]; elsewhere that is `gates`. */
  readonly own: Strided | undefined;
  readonly weight: Strided;
  readonly start: readonly Strided[];
}

/** The span each output averages over along one dimension: [start, end), and the length it counts for. */
export interface Windows {
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly length: Int32Array;
}

/** Kernels of one argument; `p` is the kernel's own parameter (the exponent of `pow`, …). Output dtype f32 unless noted. */
export type UnaryKernel =
  | 'neg'
  | 'abs'
  | 'sign'
  | 'exp'
  | 'expm1'
  | 'log'
  | 'log1p'
  | 'sqrt'
  | 'rsqrt'
  | 'reciprocal'
  | 'square'
  | 'sin'
  | 'cos'
  | 'tanh'
  | 'erf'
  | 'sigmoid'
  | 'relu'
  | 'gelu'
  | 'geluTanh'
  | 'silu'
  | 'softplus'
  | 'leakyRelu'
  | 'elu'
  | 'floor'
  | 'ceil'
  | 'round'
  | 'powScalar'
  | 'clampMin'
  | 'clampMax'
  | 'logicalNot'
  | 'isnan'
  | 'isinf'
  | 'isfinite'
  | 'log2'
  | 'log10'
  | 'atan'
  | 'trunc';

/** Kernels of two arguments. Comparisons write bool; `xBackward` takes (upstream gradient, saved value). */
export type BinaryKernel =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'pow'
  | 'remainder'
  | 'fmod'
  | 'atan2'
  | 'maximum'
  | 'minimum'
  | 'eq'
  | 'ne'
  | 'lt'
  | 'le'
  | 'gt'
  | 'ge'
  | 'logicalAnd'
  | 'logicalOr'
  | 'logicalXor'
  | 'reluBackward'
  | 'geluBackward'
  | 'geluTanhBackward'
  | 'sigmoidBackward'
  | 'tanhBackward'
  | 'siluBackward'
  | 'softplusBackward'
  | 'leakyReluBackward'
  | 'eluBackward';

export type ReduceKernel =
  | 'sum'
  | 'mean'
  | 'prod'
  | 'max'
  | 'min'
  | 'argmax'
  | 'argmin'
  | 'any'
  | 'all'
  | 'sumOfSquares';

/** What the elements of a tensor are like; `min` … `norm` of the finite ones, NaN where there are none. */
export interface Summary {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  readonly norm: number;
  readonly nan: number;
  readonly posInf: number;
  readonly negInf: number;
  readonly zeros: number;
}

export interface Backend {
  readonly name: string;
  /** Zero-filled memory for `length` elements. */
  allocate(dtype: DType, length: number): Storage;
  /** out[i] = x[i], converted to out's dtype. `out` may be strided (concat, pad and slices write through it). */
  copy(x: Strided, out: Strided): void;
  fill(out: Strided, value: number): void;
  unary(kernel: UnaryKernel, x: Strided, out: Strided, p?: number): void;
  /** Operands are already broadcast to out's shape by stride. */
  binary(kernel: BinaryKernel, a: Strided, b: Strided, out: Strided, p?: number): void;
  where(condition: Strided, a: Strided, b: Strided, out: Strided): void;
  /** Reduces the dimensions listed in `dims` (ascending); out's shape keeps them with size 1. Sums are pairwise or in f64. */
  reduce(kernel: ReduceKernel, x: Strided, dims: readonly number[], out: Strided): void;
  /** Running sum along `dim`. */
  cumsum(x: Strided, dim: number, out: Strided): void;
  /**
   * [...batch, M, K] × [...batch, K, N] → [...batch, M, N], plus `bias` [N] on every row; batch dimensions already broadcast,
   * any strides.
   */
  matmul(a: Strided, b: Strided, out: Strided, bias?: Strided): void;
  /** Softmax (or its logarithm) over the last dimension; a row of −∞ alone gives NaN, as in PyTorch. */
  softmax(x: Strided, out: Strided, log: boolean): void;
  softmaxBackward(grad: Strided, y: Strided, out: Strided, log: boolean): void;
  /** Normalises over the last dimension of [rows, width]; mean and rstd are [rows]. */
  layerNorm(
    x: Strided,
    weight: Strided | undefined,
    bias: Strided | undefined,
    eps: number,
    out: Strided,
    mean: Strided,
    rstd: Strided,
  ): void;
  layerNormBackward(
    grad: Strided,
    x: Strided,
    weight: Strided | undefined,
    mean: Strided,
    rstd: Strided,
    dx: Strided,
    dWeight: Strided | undefined,
    dBias: Strided | undefined,
  ): void;
  /**
   * softmax(q kᵀ · scale + mask) v. q [batch, head, query, E], k [batch, head, key, E], v [batch, head, key, Ev] → out [batch,
   * head, query, Ev]; the last strides are 1, the others any. A row of −∞ alone gives NaN.
   */
  attention(q: Strided, k: Strided, v: Strided, how: AttentionKernel, out: Strided): void;
  /** ∂L/∂q, ∂L/∂k, ∂L/∂v of `attention`; they hold zeros. */
  attentionBackward(
    grad: Strided,
    q: Strided,
    k: Strided,
    v: Strided,
    how: AttentionKernel,
    dq: Strided,
    dk: Strided,
    dv: Strided,
  ): void;
  /** Writes `out` and `saved`. */
  recurrence(of: Recurrence): void;
  /** `grad`: ∂L/∂out. */
  recurrenceBackward(of: Recurrence, grad: Strided, to: RecurrenceGradients): void;
  /** out[..., i, ...] = x[..., index[..., i, ...], ...] along `dim`; shapes as torch.gather. Indices are already checked. */
  gather(x: Strided, dim: number, index: Strided, out: Strided): void;
  /** out[..., index[...], ...] += src[...] along `dim`; out is contiguous and already holds its start values. */
  scatterAdd(out: Strided, dim: number, index: Strided, src: Strided): void;
  /** Rows of a [count, width] table: index [n] → out [n, width]. */
  gatherRows(table: Strided, index: Strided, out: Strided): void;
  /** out[index[i], :] += src[i, :]; rows equal to `skip` are left out (an embedding's padding index). */
  scatterAddRows(out: Strided, index: Strided, src: Strided, skip?: number): void;
  /** x [N, C, H, W], weight [O, C/groups, kH, kW] → out [N, O, H', W'] (cross-correlation). */
  conv2d(x: Strided, weight: Strided, out: Strided, geometry: Geometry, groups: number): void;
  /** ∂L/∂x of conv2d; `dx` holds zeros. */
  conv2dInputBackward(grad: Strided, weight: Strided, dx: Strided, geometry: Geometry, groups: number): void;
  /** ∂L/∂weight of conv2d; `dWeight` holds zeros. */
  conv2dWeightBackward(grad: Strided, x: Strided, dWeight: Strided, geometry: Geometry, groups: number): void;
  /** x [planes, H, W] → out [planes, H', W'] and, in `indices`, where in its plane each maximum stands; padding is −∞. */
  maxPool2d(x: Strided, out: Strided, indices: Strided, kernel: readonly [number, number], geometry: Geometry): void;
  /** x [planes, H, W] → out [planes, H', W'], the sum of each window divided by what its spans count for. */
  averagePool2d(x: Strided, out: Strided, rows: Windows, columns: Windows): void;
  /** ∂L/∂x of averagePool2d; `dx` holds zeros. */
  averagePool2dBackward(grad: Strided, dx: Strided, rows: Windows, columns: Windows): void;
  /** One pass over all elements. Sums run in f64 around a finite element, so that a common offset does not drown the spread. */
  statistics(data: TypedArray): Summary;
  /** Fills `out` uniformly in [low, high), one draw each. Every backend gives the same numbers, to the last bit: PyTorch's. */
  uniform(twister: MersenneTwister, low: number, high: number, out: Float32Array): void;
  /** Fills `out`, 16 numbers or more, normally: one draw each, and 16 more where 16 does not divide their number. The same to the last bit. */
  normal(twister: MersenneTwister, mean: number, std: number, out: Float32Array): void;
}

/**
 * The compiled module (`assembly/`), its memory, and what JavaScript calls in it. Addresses are in bytes.
 */

/** What ECMAScript's hosts call WebAssembly, as far as it is used here: core's types are the language alone. */
interface Host {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: object };
  Memory: new (limits: { initial: number; maximum: number; shared?: boolean }) => WasmMemory;
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** By pages of 64 KB. Throws RangeError where there are no more. */
  grow(pages: number): number;
}

type Pointwise1 = (x: number, y: number, n: number) => void;
type Pointwise2 = (g: number, x: number, y: number, n: number) => void;

/** Addresses of two operands, of the result and of the columns; `rows` of the output at a time. */
type Convolve = (
  first: number,
  second: number,
  result: number,
  batch: number,
  groups: number,
  outputs: number,
  columns: number,
  rows: number,
  work: number,
) => void;

/** The module's exports; each is described where it is defined. */
export interface Exports {
  heapBase(): number;
  gemmWorkspace(): number;
  gemmBatch(
    count: number,
    aStep: number,
    bStep: number,
    cStep: number,
    m: number,
    n: number,
    k: number,
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    bColumn: number,
    c: number,
    cRow: number,
    start: number,
    work: number,
  ): void;
  blockSize(): number;
  /** Address of the block that threads share, how many threads there are, and from how many multiply-adds on they share. */
  setThreads(block: number, count: number, least: number): void;
  argumentsAt(): number;
  attentionWorkspace(queries: number, keys: number): number;
  /** Does `tasks` heads of the attention whose arguments are set. */
  attention(tasks: number, size: number, backward: boolean, work: number): void;
  packedLength(n: number, k: number): number;
  pack(
    n: number,
    k: number,
    row0: number,
    rows: number,
    column0: number,
    columns: number,
    b: number,
    bRow: number,
    bColumn: number,
    to: number,
  ): void;
  gemmPacked(
    m: number,
    n: number,
    k: number,
    column0: number,
    columns: number,
    a: number,
    aRow: number,
    aColumn: number,
    packed: number,
    c: number,
    cRow: number,
    start: number,
    work: number,
  ): void;
  fewRows(
    m: number,
    n: number,
    k: number,
    a: number,
    aRow: number,
    b: number,
    bRow: number,
    c: number,
    cRow: number,
    bias: number,
  ): void;
  openProduct(
    m: number,
    n: number,
    k: number,
    a: number,
    aRow: number,
    aColumn: number,
    packed: number,
    c: number,
    cRow: number,
    start: number,
    size: number,
    ofRows: boolean,
  ): void;
  offerTasks(tasks: number): void;
  /** Which task was done; −1: none was left. */
  stepTask(work: number): number;
  taskDone(task: number): boolean;
  closeJob(): void;
  recurrence(
    kind: number,
    steps: number,
    batch: number,
    hidden: number,
    reverse: boolean,
    gates: number,
    packed: number,
    bias: number,
    h0: number,
    c0: number,
    h: number,
    c: number,
    kept: number,
    own: number,
    work: number,
  ): void;
  recurrenceBackward(
    kind: number,
    steps: number,
    batch: number,
    hidden: number,
    reverse: boolean,
    gates: number,
    packed: number,
    h0: number,
    c0: number,
    h: number,
    c: number,
    kept: number,
    own: number,
    gh: number,
    gc: number,
    dh: number,
    dc: number,
    dWeight: number,
    work: number,
  ): void;
  setConvolution(
    channels: number,
    height: number,
    width: number,
    kernelRows: number,
    kernelColumns: number,
    outRows: number,
    outColumns: number,
    strideY: number,
    strideX: number,
    padY: number,
    padX: number,
    dilationY: number,
    dilationX: number,
  ): void;
  directWorkspace(
    planes: number,
    planeRows: number,
    pitch: number,
    outRows: number,
    kernel: number,
    outputs: number,
  ): number;
  setDirect(
    planes: number,
    height: number,
    width: number,
    top: number,
    left: number,
    planeRows: number,
    pitch: number,
    outRows: number,
    outColumns: number,
    kernelRows: number,
    kernelColumns: number,
    dilationY: number,
    dilationX: number,
    backwards: boolean,
    at: number,
  ): void;
  directWeights(outputs: number, taps: number): number;
  packDirect(weight: number, outputs: number, output: number, plane: number, tapsOfPlane: number, to: number): void;
  direct(image: number, packed: number, outputs: number, out: number): void;
  directSums(outputs: number, taps: number): number;
  directWeightBackward(grad: number, image: number, outputs: number, sums: number): void;
  directWeightResult(sums: number, outputs: number, dWeight: number): void;
  readonly conv2d: Convolve;
  readonly conv2dInputBackward: Convolve;
  readonly conv2dWeightBackward: Convolve;
  binary(
    kernel: number,
    a: number,
    aRow: number,
    aStep: number,
    b: number,
    bRow: number,
    bStep: number,
    out: number,
    rows: number,
    n: number,
  ): void;
  maxPool2d(
    x: number,
    planes: number,
    height: number,
    width: number,
    out: number,
    where: number,
    outRows: number,
    outColumns: number,
    kernelRows: number,
    kernelColumns: number,
    strideY: number,
    strideX: number,
    padY: number,
    padX: number,
    dilationY: number,
    dilationX: number,
  ): void;
  layOut(
    x: number,
    a: number,
    aStep: number,
    b: number,
    bStep: number,
    c: number,
    cStep: number,
    n: number,
    step: number,
    out: number,
  ): void;
  scatterAdd(out: number, length: number, index: number, src: number, rows: number, n: number): void;
  multiplyAdd(a: number, b: number, c: number): number;
  uniform(words: number, at: number, low: number, width: number, out: number, n: number, fused: boolean): number;
  normal(v: number, blocks: number, mean: number, std: number, fused: boolean): void;
  statistics(x: number, n: number, pivot: number, out: number): boolean;
  sum(x: number, n: number, squares: boolean): number;
  sumRows(x: number, rows: number, n: number, out: number): void;
  readonly abs: Pointwise1;
  readonly neg: Pointwise1;
  readonly reciprocal: Pointwise1;
  readonly relu: Pointwise1;
  readonly rsqrt: Pointwise1;
  readonly sqrt: Pointwise1;
  readonly square: Pointwise1;
  readonly exp: Pointwise1;
  readonly tanh: Pointwise1;
  readonly sigmoid: Pointwise1;
  readonly erf: Pointwise1;
  readonly silu: Pointwise1;
  readonly gelu: Pointwise1;
  readonly geluTanh: Pointwise1;
  readonly geluBackward: Pointwise2;
  readonly geluTanhBackward: Pointwise2;
  readonly siluBackward: Pointwise2;
  softmax(x: number, rows: number, n: number): void;
  logSoftmax(x: number, rows: number, n: number): void;
  softmaxBackward(g: number, y: number, rows: number, n: number, log: boolean): void;
  layerNorm(
    x: number,
    rows: number,
    n: number,
    weight: number,
    bias: number,
    eps: number,
    mean: number,
    rstd: number,
  ): void;
  layerNormBackward(
    g: number,
    x: number,
    rows: number,
    n: number,
    weight: number,
    mean: number,
    rstd: number,
    dWeight: number,
    dBias: number,
  ): void;
}

/** The compiled modules that an instance is made of. */
export interface Modules {
  readonly module: object;
  /** The wide tile of products, which `module` then imports. */
  readonly tile: object | undefined;
}

export interface Kernels extends Modules {
  readonly exports: Exports;
  readonly memory: WasmMemory;
}

/** The wide tile by itself. Addresses and strides in bytes; see assembly/wideTile.ts. */
type Tile = (depth: number, a: number, b: number, c: number, cRow: number, from: number, fromRow: number) => void;

const page = 65536;

/** Taken at once: an engine has none for models. */
const host = (globalThis as { WebAssembly?: Host }).WebAssembly;

/**
 * Compiles and instantiates at once; undefined where the host has no WebAssembly, not these instructions, or no shared memory.
 * `tile`: the compiled tile of a module that imports it.
 */
export function instantiate(bytes: Uint8Array, shared: boolean, tile?: object): Kernels | undefined {
  if (host === undefined || !host.validate(bytes)) return undefined;
  try {
    const memory = new host.Memory({ initial: 16, maximum: 65536, shared });
    const module = compile(bytes);
    const env = { memory, abort };
    const imports = tile === undefined ? { env } : { env, tile: new host.Instance(tile, { env }).exports };
    const { exports } = new host.Instance(module, imports);
    return { exports: exports as Exports, memory, module, tile };
  } catch {
    // A page's security policy may forbid it, and a host may forbid doing it at once.
    return undefined;
  }
}

/** Throws where the host has no WebAssembly or not these instructions. */
export function compile(bytes: Uint8Array): object {
  return new host!.Module(bytes);
}

/** The tile on a page of memory, all zeros. */
export function instantiateTile(tile: object): Tile {
  const memory = new host!.Memory({ initial: 1, maximum: 1 });
  return (new host!.Instance(tile, { env: { memory, abort } }).exports as { readonly tile: Tile }).tile;
}

function abort(): never {
  throw new Error('a kernel was called with arguments it cannot take');
}

/**
 * Where operands are laid for the length of one call. Kernels begin with `reset()`; what they put down is gone at the next
 * one, so the memory is as large as the largest call needed and never larger.
 */
export class Scratch {
  readonly #memory: WasmMemory;
  readonly #start: number;
  #top: number;
  #floats: Float32Array;

  constructor(memory: WasmMemory, start: number) {
    this.#memory = memory;
    this.#start = align(start);
    this.#top = this.#start;
    this.#floats = new Float32Array(memory.buffer);
  }

  reset(): void {
    this.#top = this.#start;
  }

  /** Where the next thing will stand; `release` gives back what was taken since. */
  mark(): number {
    return this.#top;
  }

  release(mark: number): void {
    this.#top = mark;
  }

  /** Room for `count` floats and 64 bytes more, since kernels read on to the end of a vector. Throws RangeError. */
  take(count: number): number {
    const at = this.#top;
    this.#top = align(at + count * 4 + 64);
    const missing = this.#top - this.#memory.buffer.byteLength;
    if (missing > 0) {
      this.#memory.grow(Math.ceil(missing / page));
      this.#floats = new Float32Array(this.#memory.buffer);
    }
    return at;
  }

  /** Sets 32-bit integers from an address on. */
  setIntegers(at: number, values: readonly number[]): void {
    new Int32Array(this.#floats.buffer, at, values.length).set(values);
  }

  /** The memory as floats: element i stands at address 4i. Ask again after `take`. */
  get floats(): Float32Array {
    return this.#floats;
  }
}

function align(address: number): number {
  // No bit operations: addresses may pass 2³¹.
  return Math.ceil(address / 64) * 64;
}

/**
 * From which sizes on a kernel takes which way. All are about time and memory, never about results: any number gives the same product.
 * Tests set them, so that small tensors take the ways of large ones.
 */
export interface Limits {
  /** Multiply-adds below which laying a product's operands down costs more than the vectors save. */
  readonly product: number;
  /** Elements of one operand that are laid into the scratch at a time. Larger products go block by block. */
  readonly productBlock: number;
  /** Rows up to which nothing is packed. */
  readonly fewRows: number;
  /** Elements of a right operand from which it is packed apart from the product. */
  readonly packed: number;
  /** Elements of a slice of it: what is copied is packed while the nearer caches still hold it. */
  readonly slice: number;
  /** How many times its elements a matrix's stretch of memory may be for it to be laid down as it lies, not gathered. */
  readonly gaps: number;
  /** Multiply-adds below which waking a helper costs more than it saves: about 50 µs of them. */
  readonly sharing: number;
  /** Elements below which the plain loop copies before the kernel has its operands. */
  readonly copy: number;
  /** Floats that may be laid into the scratch for a copy. */
  readonly copySpan: number;
  /** Elements below which the plain loop is done before the vectors have their operands: of arithmetic, of other functions, of a sum, … */
  readonly arithmetic: number;
  readonly pointwise: number;
  readonly reduction: number;
  readonly rows: number;
  readonly statistics: number;
  readonly scatterAdd: number;
  readonly draws: number;
  /** Elements that go through the scratch at a time, element by element, so that they are still in the nearest cache. */
  readonly piece: number;
  /** The same of whole rows (at least one). */
  readonly rowPiece: number;
  /** Floats of rows that numbers are added onto in the scratch at a time (at least one row). */
  readonly scatterBlock: number;
  /** Floats of planes that are pooled at a time (at least one plane). */
  readonly planes: number;
  /** Floats of a convolution's columns that are laid out at a time, which L2 holds. */
  readonly columns: number;
  /** Weights up to which the direct kernels are used, which lay each into a whole vector. */
  readonly directWeights: number;
  /** Floats of images that are in the scratch at a time (at least one image). */
  readonly images: number;
  /** Floats that an attention or a recurrence may lay into the scratch at a time. */
  readonly span: number;
}

/** As measured. */
export const measured: Limits = {
  product: 1024,
  productBlock: 1 << 23,
  fewRows: 3,
  packed: 1 << 14,
  slice: 1 << 15,
  gaps: 4,
  sharing: 1 << 21,
  copy: 256,
  copySpan: 1 << 16,
  arithmetic: 128,
  pointwise: 32,
  reduction: 128,
  rows: 32,
  statistics: 64,
  scatterAdd: 256,
  draws: 16,
  piece: 8192,
  rowPiece: 16384,
  scatterBlock: 1 << 16,
  planes: 1 << 16,
  columns: 1 << 17,
  directWeights: 1 << 18,
  images: 1 << 22,
  span: 1 << 23,
};

/** For tests: kernels run on the smallest tensors too, where they do not pay, and large ones are cut into spans soon. */
export const eager: Limits = {
  ...measured,
  product: 1,
  packed: 64,
  slice: 64,
  sharing: 1,
  copy: 1,
  arithmetic: 1,
  pointwise: 1,
  reduction: 1,
  rows: 1,
  statistics: 1,
  scatterAdd: 1,
  draws: 1,
  scatterBlock: 64,
  span: 64,
};

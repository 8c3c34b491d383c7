/**
 * The ways that kernels can take: layout and size of the operands decide which. Each is marked where it begins, and
 * `test/core/backends/layouts/` fails for one that no view has led to. A mark costs a comparison with undefined.
 */

const plain = 'left to the plain loops';
/** How an operand is laid into the scratch. */
const laid = ['as it lies', 'gathered'] as const;
const convolution = ['direct', 'columns', 'some columns at a time'] as const;
const spans = ['one span', 'several spans'] as const;

export const paths = {
  matmul: [
    plain,
    'a batch as more rows',
    'blocks of the batch',
    'blocks of rows',
    'blocks of columns',
    'few rows',
    'few rows, slice by slice',
    'packed',
    'packed slice by slice',
    'left rows as they are asked for',
    'a batch',
    'a batch of several dimensions',
    'into a wider result',
    'a bias with gaps',
  ],
  'left of few rows': laid,
  'right of few rows': laid,
  'left of packed': laid,
  'right, packed by rows': laid,
  'right, packed by columns': laid,
  'left of a batch': laid,
  'right of a batch': laid,
  copy: [plain, 'row by row', 'element by element', 'short rows by the kernel'],
  arithmetic: [
    plain,
    'one plane',
    'several planes',
    'laid out first',
    'one number for all',
    'one number a row',
    'one row for all',
    'rows together',
    'rows apart',
    'rows longer than a piece',
    'several pieces',
  ],
  unary: [plain, 'piece by piece'],
  slope: [plain, 'piece by piece'],
  reduce: [plain, 'along rows', 'along rows longer than a piece', 'rows upon each other', 'runs that lie apart'],
  rows: [plain, 'piece by piece'],
  statistics: [plain, 'piece by piece', 'not finite'],
  uniform: [plain, 'piece by piece'],
  normal: [plain, 'piece by piece', 'the last 16 again'],
  scatterAdd: [plain, 'rows'],
  maxPool2d: [plain, 'planes'],
  where: [plain, 'floats'],
  conv2d: convolution,
  conv2dInputBackward: convolution,
  conv2dWeightBackward: [...convolution, 'direct, in vain'],
  convolution: ['an operand with gaps', 'several images'],
  attention: [...laid, 'element by element of the batch', 'a result with gaps', 'a mask that is broadcast'],
  recurrence: spans,
  'recurrence, backward': spans,
  /** Only where there are helpers. */
  'shared product': ['packed, by rows', 'packed, by rows of a wider result', 'packed, by columns', 'a batch'],
  'shared attention': ['by heads'],
} as const;

type Paths = typeof paths;

/** A matrix that a product lays down. */
export type Operand = { [K in keyof Paths]: Paths[K] extends typeof laid ? K : never }[keyof Paths];

let listener: ((kernel: keyof Paths, way: string) => void) | undefined;

/** Marks that a kernel goes this way. */
export function path<K extends keyof Paths>(kernel: K, way: Paths[K][number]): void {
  listener?.(kernel, way);
}

/** Tells `listen` of each way that is taken from now on; undefined: nobody. */
export function watchPaths(listen: typeof listener): void {
  listener = listen;
}

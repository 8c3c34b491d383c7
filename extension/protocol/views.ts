/**
 * Questions about the tensors of a run, at the resolution of a screen, and their answers. The engine answers them; the
 * webview and the command line ask. Answers are small: nothing larger than what is drawn ever crosses.
 */

/** A tensor of a run, or its gradient. */
export interface TensorQuery {
  readonly run: number;
  /** Position in `FileTrace.models`. */
  readonly model: number;
  readonly tensor: number;
  readonly of: 'value' | 'gradient';
}

/** A 2-d slice: `at` fixes every dimension but the last two (a 1-d tensor counts as one row). Half-open ranges of rows and columns. */
export interface TileQuery extends TensorQuery {
  readonly at: readonly number[];
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
  /** Largest answer wanted, in cells. Smaller slices come cell by cell; larger ones are averaged down to it. */
  readonly maxRows: number;
  readonly maxColumns: number;
}

export interface Tile {
  /** Cells of the answer. */
  readonly rows: number;
  readonly columns: number;
  /** Cells of the slice that was asked for. */
  readonly sourceRows: number;
  readonly sourceColumns: number;
  /** Row-major: the cell, or the mean of the finite elements it stands for (NaN where there are none). */
  readonly mean: Float32Array;
  /** Element of the largest magnitude in each cell; absent where a cell is one element. */
  readonly extreme?: Float32Array;
  /** Finite extremes of the whole slice. */
  readonly min: number;
  readonly max: number;
  /** 1 where every element of the cell was masked out before the softmax (attention weights only). */
  readonly masked?: Uint8Array;
}

/** All heads of one attention at thumbnail size. */
export interface AttentionGridQuery {
  readonly run: number;
  readonly model: number;
  readonly attention: number;
  readonly batch: number;
  readonly maxSize: number;
}

export interface AttentionGrid {
  readonly heads: readonly (Tile & {
    /** Mean over queries of the entropy of a row, in bits: 0 attends to one key, log2(keys) to all alike. */
    readonly entropy: number;
    /** Largest weight in the map. */
    readonly peak: number;
  })[];
}

/** One head's map: a tile of its weights, its scores, and ∂L/∂weights after a backward run. */
export interface AttentionMapQuery {
  readonly run: number;
  readonly model: number;
  readonly attention: number;
  readonly batch: number;
  readonly head: number;
  readonly of: 'weights' | 'scores' | 'gradient';
  readonly maxRows: number;
  readonly maxColumns: number;
}

export interface HistogramQuery extends TensorQuery {
  readonly bins: number;
}

/** Of the finite elements, in equal bins between their extremes. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly counts: readonly number[];
  readonly total: number;
  /** Elements that are NaN or infinite, and so in no bin. */
  readonly left: number;
  readonly zeros: number;
}

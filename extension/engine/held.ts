import type { Tensor } from '../../core/tensor/tensor.ts';
import type { HeldModel, RunResult } from '../../core/trace/run.ts';
import type { AttentionRecord, FileTrace } from '../../core/trace/trace.ts';
import { RpcError } from '../protocol/rpc.ts';
import type {
  AttentionGrid,
  AttentionGridQuery,
  AttentionMapQuery,
  Histogram,
  HistogramQuery,
  TensorQuery,
  Tile,
  TileQuery,
} from '../protocol/views.ts';
import { gridOf, headMatrix, headTile } from './views/attention.ts';
import { matrixAt, part } from './views/elements.ts';
import { histogramOf } from './views/histogram.ts';
import { maskOf, tileOf } from './views/tile.ts';

interface HeldRun {
  readonly trace: FileTrace;
  readonly models: readonly HeldModel[];
}

/** The tensors of the last few runs, and the questions about them. */
export class HeldRuns {
  readonly #runs = new Map<number, HeldRun>();

  /** `capacity`: how many runs keep their tensors. */
  constructor(private readonly capacity = 2) {}

  /** Keeps a run that computed values; lets go of the oldest. */
  keep({ trace, held }: RunResult): void {
    if (!trace.models.some(({ tensors }) => tensors.some((tensor) => tensor.held && tensor.role === 'activation')))
      return;
    this.#runs.set(trace.run, { trace, models: held });
    for (const run of this.#runs.keys()) {
      if (this.#runs.size <= this.capacity) break;
      this.#runs.delete(run);
    }
  }

  release(run: number): void {
    this.#runs.delete(run);
  }

  tile(query: TileQuery): Tile {
    const tensor = this.#tensor(query);
    const matrix = part(matrixAt(tensor, query.at), query.rows, query.columns);
    const tile = tileOf(matrix, query.maxRows, query.maxColumns);
    const attention =
      query.of === 'value'
        ? this.#run(query.run).trace.models[query.model]?.attention.find(({ weights }) => weights === query.tensor)
        : undefined;
    if (attention === undefined) return tile;
    const scores = this.#tensor({ ...query, tensor: attention.scores });
    const behind = part(matrixAt(scores, query.at), query.rows, query.columns);
    return { ...tile, masked: maskOf(behind, tile.rows, tile.columns) };
  }

  histogram(query: HistogramQuery): Histogram {
    return histogramOf(this.#tensor(query), query.bins);
  }

  attentionGrid(query: AttentionGridQuery): AttentionGrid {
    const record = this.#attention(query);
    const weights = this.#tensor({ ...query, tensor: record.weights, of: 'value' });
    const scores = this.#tensor({ ...query, tensor: record.scores, of: 'value' });
    return gridOf(weights, scores, record, query.batch, query.maxSize);
  }

  attentionMap(query: AttentionMapQuery): Tile {
    const record = this.#attention(query);
    const { batch, head, maxRows, maxColumns } = query;
    const scores = this.#tensor({ ...query, tensor: record.scores, of: 'value' });
    const values =
      query.of === 'scores'
        ? scores
        : this.#tensor({ ...query, tensor: record.weights, of: query.of === 'weights' ? 'value' : 'gradient' });
    const matrix = headMatrix(values, record, batch, head);
    return headTile(matrix, headMatrix(scores, record, batch, head), maxRows, maxColumns);
  }

  #run(run: number): HeldRun {
    const held = this.#runs.get(run);
    if (held === undefined)
      throw new RpcError('The values of this run are no longer held. Run the model again to look at them.');
    return held;
  }

  #tensor({ run, model, tensor, of }: TensorQuery): Tensor {
    const held = this.#run(run).models[model];
    const found = of === 'gradient' ? held?.gradients.get(tensor) : held?.tensors[tensor];
    if (found === undefined) {
      throw new RpcError(
        of === 'gradient'
          ? 'There is no gradient of this tensor: nothing flowed back to it, or only forward has run. Run Backward.'
          : `The run has no tensor ${tensor}.`,
      );
    }
    if (found.isMeta) throw new RpcError('Only the shape of this tensor is known. Run the model to see its values.');
    return found;
  }

  #attention({ run, model, attention }: { run: number; model: number; attention: number }): AttentionRecord {
    const record = this.#run(run).trace.models[model]?.attention[attention];
    if (record === undefined) throw new RpcError(`The run has no attention ${attention}.`);
    return record;
  }
}

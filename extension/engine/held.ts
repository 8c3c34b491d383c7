import type { Tensor } from '../../core/tensor/tensor.ts';
import type { HeldModel, RunResult } from '../../core/trace/runOptions.ts';
import type { AttentionRecord, FileTrace } from '../../core/trace/trace.ts';
import type { AttentionQuery, TensorQuery } from '../protocol/queries.ts';
import { RpcError } from '../protocol/rpc.ts';

interface HeldRun {
  readonly trace: FileTrace;
  readonly models: readonly HeldModel[];
}

/** The tensors of the last few runs. What looks one up throws RpcError where it is not held. */
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

  run(run: number): HeldRun {
    const held = this.#runs.get(run);
    if (held === undefined)
      throw new RpcError('The values of this run are no longer held. Run the model again to look at them.');
    return held;
  }

  tensor({ run, model, tensor, of }: TensorQuery): Tensor {
    const held = this.run(run).models[model];
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

  attention({ run, model, attention }: Pick<AttentionQuery, 'run' | 'model' | 'attention'>): AttentionRecord {
    const record = this.run(run).trace.models[model]?.attention[attention];
    if (record === undefined) throw new RpcError(`The run has no attention ${attention}.`);
    return record;
  }
}

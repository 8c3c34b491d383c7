import type { LossCurve } from '../protocol/training.ts';

/**
 * Takes in the losses of a training one by one and keeps a few hundred points of them, whatever their number: each point is the
 * mean and the extremes of `width` losses in a row. When there are too many points, neighbours become one.
 */
export class CurveBuilder {
  #width = 1;
  readonly #sum: number[] = [];
  readonly #min: number[] = [];
  readonly #max: number[] = [];
  /** Losses in the last point. */
  #filled = 0;

  /** `most`: how many points there may be; an even number. */
  constructor(private readonly most = 512) {}

  add(loss: number): void {
    if (this.#sum.length === 0 || this.#filled === this.#width) {
      if (this.#sum.length === this.most) this.#merge();
      this.#sum.push(loss);
      this.#min.push(loss);
      this.#max.push(loss);
      this.#filled = 1;
      return;
    }
    const last = this.#sum.length - 1;
    this.#sum[last]! += loss;
    this.#min[last] = Math.min(this.#min[last]!, loss);
    this.#max[last] = Math.max(this.#max[last]!, loss);
    this.#filled++;
  }

  curve(): LossCurve {
    const last = this.#sum.length - 1;
    return {
      width: this.#width,
      mean: this.#sum.map((sum, i) => sum / (i === last ? this.#filled : this.#width)),
      min: [...this.#min],
      max: [...this.#max],
    };
  }

  /** All points are full when this is called. */
  #merge(): void {
    const half = this.most / 2;
    for (let i = 0; i < half; i++) {
      this.#sum[i] = this.#sum[2 * i]! + this.#sum[2 * i + 1]!;
      this.#min[i] = Math.min(this.#min[2 * i]!, this.#min[2 * i + 1]!);
      this.#max[i] = Math.max(this.#max[2 * i]!, this.#max[2 * i + 1]!);
    }
    for (const points of [this.#sum, this.#min, this.#max]) points.length = half;
    this.#width *= 2;
    this.#filled = this.#width;
  }
}

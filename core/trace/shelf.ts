/**
 * What a file's own statements made before the model at hand was picked. Every model of a file is run in an evaluation of its own, which
 * makes the sample inputs of all of them: in the trace of one model only what leads to it has a place. Notes wait here until somebody
 * asks for their tensor.
 */
import type { AnyOp, Attributes } from '../ops/op.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { SiteId } from './trace.ts';

/** An operation that has run. */
export interface ShelvedOp {
  readonly op: AnyOp;
  readonly attrs: Attributes;
  readonly inputs: readonly Tensor[];
  readonly site: SiteId | undefined;
  readonly flops: number;
  readonly ms: number | undefined;
}

export class Shelf {
  readonly #ops = new Map<Tensor, ShelvedOp>();
  readonly #sites = new Map<Tensor, SiteId[]>();

  putOp(output: Tensor, op: ShelvedOp): void {
    this.#ops.set(output, op);
  }

  /** An expression that had this tensor as its value. */
  putSite(tensor: Tensor, site: SiteId): void {
    const sites = this.#sites.get(tensor);
    if (sites === undefined) this.#sites.set(tensor, [site]);
    else sites.push(site);
  }

  /** The operation that made a tensor, and the expressions that had it; each is given once. */
  take(tensor: Tensor): { readonly op: ShelvedOp | undefined; readonly sites: readonly SiteId[] } {
    const taken = { op: this.#ops.get(tensor), sites: this.#sites.get(tensor) ?? [] };
    this.#ops.delete(tensor);
    this.#sites.delete(tensor);
    return taken;
  }
}

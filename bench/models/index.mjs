// The models as functions of parameters, for peers that have tensor operations and no PyTorch layers.

import { gpt } from './gpt.mjs';
import { lenet } from './lenet.mjs';
import { lstm } from './lstm.mjs';
import { transformer } from './transformer.mjs';

/** @typedef {import('../works.mjs').Work} Work */

/**
 * The model that a work runs, and whether it also asks for gradients; undefined where it runs none.
 * @template T @param {import('./operations.mjs').AllOperations<T>} op @param {Work} work
 * @returns {{ model: import('./operations.mjs').Model<T>, backward: boolean } | undefined}
 */
export function modelOf(op, work) {
  switch (work.kind) {
    case 'transformer':
      return { model: transformer(op, work), backward: work.backward };
    case 'gpt':
      return { model: gpt(op, work), backward: false };
    case 'lenet':
      return { model: lenet(op, work), backward: true };
    case 'lstm':
      return { model: lstm(op, work), backward: true };
    default:
      return undefined;
  }
}

/** Attention maps of a run, what to call them, and the tokens along their two axes. */
import type { AttentionRecord, ModelTrace } from '../../core/trace/trace.ts';
import { labelsOf } from './axes.ts';

/** What a map is for, in the words of the Transformer: who asks whom. */
export const roles = ['encoder self', 'decoder self', 'cross'] as const;
export type Role = (typeof roles)[number];

export function roleOf(model: ModelTrace, record: AttentionRecord): Role {
  if (record.kind === 'cross') return 'cross';
  const path = pathOf(model, record);
  return record.causal === true || /(^|\.|_)dec/i.test(path) ? 'decoder self' : 'encoder self';
}

export function pathOf(model: ModelTrace, record: AttentionRecord): string {
  return record.module === undefined ? '' : (model.modules[record.module]?.path ?? '');
}

/** Names a map stably over runs: the layer's path, and which of its maps. */
export function keyOf(model: ModelTrace, record: AttentionRecord): string {
  const path = pathOf(model, record);
  const same = model.attention.filter((other) => other.module === record.module);
  return same.length > 1 ? `${path}@${same.indexOf(record)}` : path;
}

export interface MapTokens {
  readonly query: readonly string[];
  readonly key: readonly string[];
  /** Whether these are tokens, or positions where there are none. */
  readonly named: boolean;
}

/** Labels of both axes, each from its own tensor: queries and keys are different words in cross-attention. */
export function tokensOf(model: ModelTrace, record: AttentionRecord, batch: number): MapTokens {
  const axes = model.tensors[record.weights]?.axes ?? [];
  const { dims } = record;
  const queries = dims.query === undefined ? undefined : axes[dims.query];
  const keys = axes[dims.key];
  const query =
    labelsOf(queries, record.queryLength, batch) ?? fromSource(model, record.query, record.queryLength, batch);
  const key = labelsOf(keys, record.keyLength, batch) ?? fromSource(model, record.key, record.keyLength, batch);
  return {
    query: query ?? positions(record.queryLength),
    key: key ?? positions(record.keyLength),
    named: query !== undefined || key !== undefined,
  };
}

/** Labels of any axis of that length of the tensor the queries or keys were made of. */
function fromSource(
  model: ModelTrace,
  id: number | undefined,
  length: number,
  batch: number,
): readonly string[] | undefined {
  const tensor = id === undefined ? undefined : model.tensors[id];
  if (tensor === undefined) return undefined;
  for (const [i, size] of tensor.shape.entries()) {
    const labels = size === length ? labelsOf(tensor.axes[i], length, batch) : undefined;
    if (labels !== undefined) return labels;
  }
  return undefined;
}

function positions(length: number): readonly string[] {
  return Array.from({ length }, (_, i) => String(i));
}

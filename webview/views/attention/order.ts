/** Heads of all layers as one list, in the order that was asked for. */
import type { AttentionRecord } from '../../../core/trace/trace.ts';
import type { AttentionGrid } from '../../../extension/protocol/queries.ts';

export const orders = ['layer', 'entropy', 'peak'] as const;
export type Order = (typeof orders)[number];

export interface HeadRow {
  readonly record: AttentionRecord;
  readonly head: number;
  /** Bits, and a weight; undefined until they are there. */
  readonly entropy: number | undefined;
  readonly peak: number | undefined;
}

/** Rows with equal values, and those without any (the last in either direction), keep the order of the model. */
export function headRows(
  records: readonly AttentionRecord[],
  grids: ReadonlyMap<number, AttentionGrid>,
  by: Order,
  descending: boolean,
): readonly HeadRow[] {
  const rows = records.flatMap((record) =>
    Array.from({ length: record.heads }, (_, head): HeadRow => {
      const tile = grids.get(record.id)?.heads[head];
      return { record, head, entropy: tile?.entropy, peak: tile?.peak };
    }),
  );
  if (by === 'layer') return descending ? rows.reverse() : rows;
  const known = (row: HeadRow): boolean => row[by] !== undefined && !Number.isNaN(row[by]);
  const sign = descending ? -1 : 1;
  return rows.sort((a, b) => {
    if (!known(a) || !known(b)) return Number(known(b)) - Number(known(a));
    return sign * ((a[by] ?? 0) - (b[by] ?? 0));
  });
}

/** Long paths of layers under what they have in common: a row a block, then the rest of each path. Steps stand under their recurrence. */
import type { GradientRow } from './gradients.ts';

export interface GroupedRow {
  /** Index of the layer; none in the row of a block. */
  readonly index?: number;
  /** Of a block: its path. Of a layer: its path from there on. */
  readonly label: string;
  readonly inside: boolean;
}

/** A block is where a path counts: `encoder.layers.0` of `encoder.layers.0.self_attn.out_proj`. */
const blockOf = (path: string): string => /^(.*\.)?\d+(?=\.)/.exec(path)?.[0] ?? '';

/** Neighbours in one block stand below a row of it; a layer alone in its block keeps its whole path. Order stays. */
export function groupedRows(paths: readonly string[]): readonly GroupedRow[] {
  const rows: GroupedRow[] = [];
  for (let from = 0; from < paths.length; ) {
    const block = blockOf(paths[from] ?? '');
    let to = from + 1;
    while (to < paths.length && blockOf(paths[to] ?? '') === block) to++;
    const inside = block !== '' && to - from > 1;
    if (inside) rows.push({ label: block, inside: false });
    for (let index = from; index < to; index++) {
      const path = paths[index] ?? '';
      rows.push({ index, label: inside ? path.slice(block.length + 1) : path, inside });
    }
    from = to;
  }
  return rows;
}

/** The same of rows of the gradient view. */
export function groupedGradients(rows: readonly GradientRow[]): readonly GroupedRow[] {
  if (rows.every(({ step }) => step === undefined)) return groupedRows(rows.map(({ path }) => path));
  return rows.flatMap(({ step }, index): GroupedRow[] => {
    const line = { index, label: `step ${step?.index}`, inside: true };
    const name = step?.of ?? '';
    return rows[index - 1]?.step?.of === name ? [line] : [{ label: name, inside: false }, line];
  });
}

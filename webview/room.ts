/** Who gets which room: panes beside or below each other, columns of a table. Pure: what is drawn by it is in ui/. */

/** Two panes next to each other, one above the other, or each a page of its own. */
export type Placement = 'beside' | 'below' | 'paged';

export interface PlaceNeeds {
  /** Width from which the two stand beside each other: where the first keeps all it has shown before. */
  readonly beside: number;
  /** The least width for that where there is no height for one above the other. */
  readonly besideAtLeast: number;
  /** Height from which one stands above the other. */
  readonly below: number;
}

export function placementOf(width: number, height: number, needs: PlaceNeeds): Placement {
  if (width >= needs.beside) return 'beside';
  if (height >= needs.below) return 'below';
  return width >= needs.besideAtLeast ? 'beside' : 'paged';
}

export interface Limits {
  readonly least: number;
  readonly most: number;
}

/** `value` within its limits; the least where they contradict each other. */
export const within = (value: number, { least, most }: Limits): number => Math.max(least, Math.min(most, value));

/** What a key makes of a size: arrows along its axis, Home and End; `undefined` for any other key. */
export function sizeByKey(
  key: string,
  axis: 'x' | 'y',
  size: number,
  limits: Limits,
  step: number,
): number | undefined {
  const by = axis === 'x' ? { ArrowLeft: -step, ArrowRight: step }[key] : { ArrowUp: -step, ArrowDown: step }[key];
  if (by !== undefined) return within(size + by, limits);
  if (key === 'Home') return limits.least;
  if (key === 'End') return within(limits.most, limits);
  return undefined;
}

export interface Column {
  readonly id: string;
  /** Below this it says nothing any more. */
  readonly least: number;
  /** Its share of the room that is left over. */
  readonly grow?: number;
  /** Columns go in this order where there is too little room, the lowest first. One without a number always stays. */
  readonly drop?: number;
}

export interface FittedColumn {
  readonly id: string;
  readonly width: number;
  /** To which it may be dragged while all the others stay. */
  readonly limits: Limits;
}

/**
 * The columns that fit into `room` with `gap` between them, and how wide each is. Which of them fit depends on the least widths
 * alone, so that more room never shows less. `chosen` widths are kept as far as there is room for them.
 */
export function fitColumns(
  columns: readonly Column[],
  room: number,
  gap: number,
  chosen: Readonly<Record<string, number>> = {},
): readonly FittedColumn[] {
  let shown = columns;
  const spare = (): number => room - shown.reduce((sum, { least }) => sum + least, gap * (shown.length - 1));
  while (spare() < 0) {
    const [first] = shown.filter(({ drop }) => drop !== undefined).sort((a, b) => (a.drop ?? 0) - (b.drop ?? 0));
    if (first === undefined) break;
    shown = shown.filter((column) => column !== first);
  }
  const over = Math.max(0, spare());
  let left = over;
  const widths = new Map<string, number>();
  for (const { id, least } of shown) {
    const more = Math.min(left, Math.max(0, (chosen[id] ?? least) - least));
    widths.set(id, least + more);
    left -= more;
  }
  const growing = shown.filter(({ id, grow }) => grow !== undefined && chosen[id] === undefined);
  const shares = growing.reduce((sum, { grow = 0 }) => sum + grow, 0);
  for (const { id, least, grow = 0 } of growing) widths.set(id, least + (left * grow) / shares);
  return shown.map(({ id, least }) => {
    const width = widths.get(id) ?? least;
    return { id, width: Math.floor(width), limits: { least, most: Math.floor(least + over) } };
  });
}

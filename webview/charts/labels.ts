/** Which labels of a crowded axis are shown: every n-th, n from 1, 2, 5, 10, 20, … so that positions are easy to count. */

/** The step between labels `gap` pixels apart at least, on cells of `cell` pixels. */
export function labelStep(cell: number, gap: number): number {
  if (!(cell > 0)) return 1;
  const wanted = gap / cell;
  for (let power = 1; power < 1e9; power *= 10) {
    for (const factor of [1, 2, 5]) if (power * factor >= wanted) return power * factor;
  }
  return Math.ceil(wanted);
}

/** Positions of the labels to show among `count`; `always` is shown too, and pushes out what it would overlap. */
export function shownLabels(count: number, cell: number, gap: number, always?: number): readonly number[] {
  const every = labelStep(cell, gap);
  const shown: number[] = [];
  for (let i = 0; i < count; i += every)
    if (always === undefined || Math.abs(i - always) * cell >= gap || i === always) shown.push(i);
  if (always !== undefined && always >= 0 && always < count && !shown.includes(always)) {
    shown.push(always);
    shown.sort((a, b) => a - b);
  }
  return shown;
}

/** A token as a label: blanks made visible, the middle left out when long. */
export function tokenText(token: string, longest = 14): string {
  const visible = token
    .replace(/\n/g, '↵')
    .replace(/\t/g, '⇥')
    .replace(/^ +|(?<! ) +$/g, (blanks) => '·'.repeat(blanks.length));
  if (visible === '') return '∅';
  return visible.length <= longest ? visible : `${visible.slice(0, longest - 4)}…${visible.slice(-3)}`;
}

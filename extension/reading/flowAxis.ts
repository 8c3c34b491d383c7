/** What stands along the chart of gradients: the numbers of blocks, and what they are blocks of; or steps, and of which recurrence. */
import type { GradientRow } from './gradients.ts';

/** Rows `from` … `to`, the last one included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

export interface FlowAxis {
  /** A block, with its number; or a step, with its. */
  readonly ticks: readonly Stretch[];
  /** Blocks of one stack, with its path; or steps of one recurrence. */
  readonly stacks: readonly Stretch[];
  /** Whether a tick stands for a block of several layers. */
  readonly blocks: boolean;
}

/** The outermost block a path counts: `encoder.layers.0` of `encoder.layers.0.mlp.2`. */
const blockOf = (path: string): string | undefined => /^(.*?\.)?\d+(?=\.|$)/.exec(path)?.[0];

export function flowAxis(rows: readonly GradientRow[]): FlowAxis {
  if (rows.some(({ step }) => step !== undefined))
    return {
      ticks: rows.map(({ step }, i) => ({ from: i, to: i, label: step === undefined ? '' : String(step.index) })),
      stacks: runs(rows, ({ step }) => step?.of).map((run) => ({ ...run, label: run.key })),
      blocks: false,
    };
  const blocks = runs(rows, ({ path }) => blockOf(path));
  const stacks = runs(rows, ({ path }) => blockOf(path)?.replace(/\.?\d+$/, ''));
  return {
    ticks: blocks.map((run) => ({ ...run, label: /\d+$/.exec(run.key)?.[0] ?? '' })),
    stacks: stacks.filter(({ key }) => key !== '').map((run) => ({ ...run, label: run.key })),
    blocks: blocks.some(({ from, to }) => to > from),
  };
}

function runs(rows: readonly GradientRow[], keyOf: (row: GradientRow) => string | undefined) {
  const all: { from: number; to: number; key: string }[] = [];
  rows.forEach((row, i) => {
    const key = keyOf(row);
    const last = all.at(-1);
    if (key === undefined) return;
    if (last !== undefined && last.key === key && last.to === i - 1) last.to = i;
    else all.push({ from: i, to: i, key });
  });
  return all;
}

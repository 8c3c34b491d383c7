/** How the module tree is shown. */
import { computed } from '@preact/signals';
import * as v from 'valibot';
import { fittingDepth, flatten, reveal } from '../../../extension/reading/rows.ts';
import { persisted } from '../../persisted.ts';
import { tree } from '../../state.ts';
import { columnWidths } from '../../ui/columns.tsx';
import { splitChoice } from '../../ui/Split.tsx';

export const filter = persisted('shapes.filter', '');
export const operations = persisted('shapes.operations', false);
/** Which of a tensor's two the detail shows. */
export const valueOrGradient = persisted<'value' | 'gradient'>('shapes.of', 'value', v.picklist(['value', 'gradient']));
export const foldRepeats = persisted('shapes.foldRepeats', false);
/** How tree and detail share their room, and the tree's columns theirs. */
export const room = splitChoice('shapes');
export const widths = columnWidths('shapes');
/** What was opened or closed by hand, by row key. */
const byHand = persisted('shapes.open', [], v.array(v.tuple([v.string(), v.boolean()])));
const toggled = computed(() => new Map(byHand.value));
/** Set by expand all and collapse all. */
const depth = persisted('shapes.depth', undefined, v.optional(v.number()));

/** Rows that are worth opening at first without a click. */
const atFirst = 60;

export const rows = computed(() =>
  flatten(tree.value, {
    toggled: toggled.value,
    openDepth: depth.value ?? fittingDepth(tree.value, atFirst),
    operations: operations.value,
    foldRepeats: foldRepeats.value,
    filter: filter.value,
  }),
);

export function toggle(key: string, open: boolean): void {
  byHand.value = [...new Map(byHand.value).set(key, open)];
}

/** Opens what hides a row. */
export function revealRow(key: string): void {
  byHand.value = [...reveal(toggled.peek(), key)];
}

export function setDepth(next: number): void {
  byHand.value = [];
  depth.value = next;
}

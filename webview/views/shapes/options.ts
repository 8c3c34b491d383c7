/** How the module tree is shown; kept while the page lives. */
import { computed, signal } from '@preact/signals';
import { tree } from '../../state.ts';
import { fittingDepth, flatten } from '../../trace/rows.ts';

export const filter = signal('');
export const operations = signal(false);
export const foldRepeats = signal(false);
/** What was opened or closed by hand, by row key. */
export const toggled = signal<ReadonlyMap<string, boolean>>(new Map());
/** Set by expand all and collapse all. */
const depth = signal<number | undefined>(undefined);

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
  toggled.value = new Map(toggled.value).set(key, open);
}

export function setDepth(next: number): void {
  toggled.value = new Map();
  depth.value = next;
}

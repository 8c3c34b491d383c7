/** Which head is shown. */
import type { AttentionRecord } from '../../../core/trace/trace.ts';
import { keyOf, pathOf } from '../../../extension/reading/attention.ts';
import type { RunOf } from '../../../extension/reading/scene.ts';
import { head, selected } from '../../state.ts';

export interface Chosen {
  readonly record: AttentionRecord;
  readonly head: number;
}

/** The head chosen before, else one of the layer selected in the tree, else the first. */
export function chosenOf({ model }: RunOf, records: readonly AttentionRecord[]): Chosen {
  const byKey = records.find((record) => keyOf(model, record) === head.value?.key);
  const layer = selected.value === '·' ? undefined : selected.value;
  const byLayer = layer === undefined ? undefined : records.find((record) => under(pathOf(model, record), layer));
  const layerOfKey = byKey === undefined ? undefined : pathOf(model, byKey);
  const record =
    byKey !== undefined && (byLayer === undefined || (layer !== undefined && under(layerOfKey ?? '', layer)))
      ? byKey
      : (byLayer ?? byKey ?? records[0]);
  if (record === undefined) throw new Error('there is no attention to choose from');
  return { record, head: record === byKey ? Math.min(head.value?.head ?? 0, record.heads - 1) : 0 };
}

const under = (path: string, layer: string): boolean => path === layer || path.startsWith(`${layer}.`);

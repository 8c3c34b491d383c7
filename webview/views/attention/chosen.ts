/** Which head is shown, and what those are given that let a person choose one. */
import type { AttentionRecord } from '../../../core/trace/trace.ts';
import { keyOf, pathOf } from '../../../extension/reading/attention.ts';
import type { RunOf, Scene } from '../../../extension/reading/scene.ts';
import { head, selected } from '../../state.ts';

export interface Chosen {
  readonly record: AttentionRecord;
  readonly head: number;
}

/** What the heads of all layers are shown from, as pictures or as a list. */
export interface HeadsProps {
  readonly scene: Scene;
  readonly values: RunOf;
  readonly records: readonly AttentionRecord[];
  readonly chosen: Chosen;
  readonly batch: number;
  /** `open`: to look at it, not only on the way past it. */
  onChoose(record: AttentionRecord, head: number, open: boolean): void;
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

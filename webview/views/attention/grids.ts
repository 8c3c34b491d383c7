/** Small maps of all heads of some layers, with what is said of each head: asked for once, there as they arrive. */
import { useEffect, useReducer, useRef } from 'preact/hooks';
import type { AttentionRecord } from '../../../core/trace/trace.ts';
import type { AttentionGrid } from '../../../extension/protocol/queries.ts';
import type { RunOf } from '../../../extension/reading/scene.ts';
import { recallAny } from '../../answers.ts';
import { ask, unanswered } from '../../ask.ts';

/** By the record's id. `size`: of a map on the screen, in pixels. Old ones stay until their run is gone. */
export function useGrids(
  values: RunOf,
  records: readonly AttentionRecord[],
  batch: number,
  size: number,
): ReadonlyMap<number, AttentionGrid> {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const known = useRef(new Map<number, AttentionGrid>());
  const pixels = size * (globalThis.devicePixelRatio || 1);
  const maxSize = pixels <= 32 ? 32 : pixels <= 64 ? 64 : 128;
  const ids = records.map((record) => record.id).join();
  const alone = unanswered(values.file.run);
  const question = (record: AttentionRecord) => ({
    run: values.file.run,
    model: values.index,
    attention: record.id,
    batch: Math.min(batch, record.batch - 1),
    maxSize,
  });
  useEffect(() => {
    let current = true;
    for (const record of alone ? [] : records)
      ask('attentionGrid', question(record)).then(
        (grid) => {
          if (!current) return;
          known.current.set(record.id, grid);
          redraw(undefined);
        },
        () => {},
      );
    return () => {
      current = false;
    };
  }, [values.file.run, values.index, batch, maxSize, ids, alone]);
  const shown = new Map(alone ? [] : known.current);
  // What was there before stays until it is answered, and where nobody answers any more.
  for (const record of records) {
    const left = shown.has(record.id) ? undefined : recallAny('attentionGrid', question(record));
    if (left !== undefined) shown.set(record.id, left);
  }
  return shown;
}

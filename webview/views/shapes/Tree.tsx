/** The tree as a treegrid: one row of it in the tab order, arrow keys walk and open, Enter goes to the line. */
import { useEffect, useRef } from 'preact/hooks';
import { factsOf } from '../../../extension/reading/row.ts';
import type { Row } from '../../../extension/reading/rows.ts';
import type { Scene } from '../../../extension/reading/scene.ts';
import { revealSite, scroll, selected, summoned } from '../../state.ts';
import { useSize } from '../../ui/size.ts';
import { useVirtual } from '../../ui/virtual.ts';
import { filter, revealRow, rows as rowsSignal, toggle } from './options.ts';
import { TreeRow } from './TreeRow.tsx';

/** Below this, a row takes two lines. */
const narrow = 620;
const roomy = 900;

export function Tree({ scene }: { readonly scene: Scene }) {
  const [scroller, size] = useSize<HTMLDivElement>();
  const settling = useRef<ReturnType<typeof setTimeout>>(undefined);
  const layout = size.width < narrow ? 'narrow' : size.width < roomy ? 'medium' : 'wide';
  const { rows } = rowsSignal.value;
  const virtual = useVirtual({
    count: rows.length,
    size: layout === 'narrow' ? 42 : 24,
    scroller,
    overscan: 8,
    paddingStart: layout === 'narrow' ? 0 : 24,
    initialOffset: scroll.peek(),
  });
  const current = rows.findIndex((row) => row.key === selected.value);

  useEffect(() => {
    const key = selected.peek();
    if (key === undefined || summoned.value === 0) return;
    revealRow(key.split('#')[0] ?? key);
    const at = rowsSignal.peek().rows.findIndex((row) => row.key === key);
    if (at >= 0) virtual.scrollTo(at, 'center');
  }, [summoned.value]);

  const choose = (row: Row, go: boolean): void => {
    selected.value = row.key;
    if (go) revealSite(scene.base.file, factsOf(scene, row.node).site);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[current];
    const to = (index: number): void => {
      const next = rows[Math.min(rows.length - 1, Math.max(0, index))];
      if (next === undefined) return;
      choose(next, false);
      virtual.scrollTo(rows.indexOf(next));
      requestAnimationFrame(() =>
        scroller.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus({ preventScroll: true }),
      );
    };
    switch (event.key) {
      case 'ArrowDown':
        to(current + 1);
        break;
      case 'ArrowUp':
        to(current - 1);
        break;
      case 'ArrowRight':
        if (row?.expandable && !row.expanded) toggle(row.key, true);
        else if (row?.expanded) to(current + 1);
        break;
      case 'ArrowLeft':
        if (row?.expanded) toggle(row.key, false);
        else if (row !== undefined && row.parent >= 0) to(row.parent);
        break;
      case 'Home':
        to(0);
        break;
      case 'End':
        to(rows.length - 1);
        break;
      case 'PageDown':
        to(current + 20);
        break;
      case 'PageUp':
        to(current - 20);
        break;
      case 'Enter':
      case ' ':
        if (row !== undefined) choose(row, true);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  const total = scene.values?.model.calls[0]?.ms ?? scene.values?.model.totals.ms;
  const tabStop = Math.max(current, 0);
  return (
    <div
      class={`tree ${layout}`}
      ref={scroller}
      role="treegrid"
      aria-label="Modules"
      aria-rowcount={rows.length}
      data-testid="module-tree"
      onKeyDown={onKeyDown}
      onScroll={() => {
        clearTimeout(settling.current);
        settling.current = setTimeout(() => {
          scroll.value = scroller.current?.scrollTop ?? 0;
        }, 150);
      }}
    >
      {layout !== 'narrow' && <Head executed={scene.values !== undefined} />}
      {rows.length === 0 || (filter.value.trim() !== '' && rowsSignal.value.matching === 0) ? (
        <p class="nothing">No layer matches “{filter.value}”.</p>
      ) : (
        <div class="rows" style={{ height: `${virtual.total}px` }} role="presentation">
          {virtual.items.map((item) => {
            const row = rows[item.index];
            return row === undefined ? null : (
              <TreeRow
                key={item.index % virtual.pool}
                row={row}
                index={item.index}
                top={item.start}
                scene={scene}
                selected={item.index === current}
                tabStop={item.index === tabStop}
                totalMs={total}
                short={layout !== 'wide'}
                onChoose={() => choose(row, true)}
              />
            );
          })}
        </div>
      )}
    </div>
  );
}

function Head({ executed }: { readonly executed: boolean }) {
  return (
    <div class="row head" role="row">
      <span role="columnheader">Layer</span>
      <span role="columnheader">Input → output</span>
      <span role="columnheader" class="right" title="Parameters at and below the row, shared ones once">
        Params
      </span>
      <span role="columnheader" class="right flops" title="Floating-point operations, forward">
        FLOPs
      </span>
      <span
        role="columnheader"
        class="right"
        title={executed ? 'Wall time of the executed run, children included' : 'Run the model to measure time'}
      >
        Time
      </span>
      <span
        role="columnheader"
        class="values"
        title={executed ? 'Of the output’s elements' : 'Run the model to see values'}
      >
        Output values
      </span>
    </div>
  );
}

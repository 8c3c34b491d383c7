/** The tree as a treegrid: one row of it in the tab order, arrow keys walk and open, Enter goes to the line. */
import { useEffect, useRef } from 'preact/hooks';
import { number } from '../../../extension/reading/numbers.ts';
import { outputRange } from '../../../extension/reading/outputRange.ts';
import { factsOf } from '../../../extension/reading/row.ts';
import type { Row } from '../../../extension/reading/rows.ts';
import type { Scene } from '../../../extension/reading/scene.ts';
import { attend, type Interest, scroll, selected, summoned } from '../../state.ts';
import { ColumnHead, type Columns, columnsIn } from '../../ui/columns.tsx';
import { useSize } from '../../ui/size.ts';
import { useVirtual } from '../../ui/virtual.ts';
import { filter, revealRow, room, rows as rowsSignal, toggle, widths } from './options.ts';
import { TreeRow } from './TreeRow.tsx';

const columns = [
  { id: 'name', least: 160, grow: 3 },
  { id: 'shapes', least: 210, grow: 1 },
  { id: 'params', least: 54, drop: 4 },
  { id: 'flops', least: 54, drop: 2 },
  { id: 'time', least: 62, drop: 3 },
  { id: 'values', least: 260, grow: 1, drop: 1 },
] as const;

/** Width from which every column is shown, a scroll bar included. */
export const allColumns = 900;
/** Below this, a row takes two lines. */
export const narrow = 396;
export const cardHeight = 42;
export const rowHeight = 24;
/** From this width of their column on, both shapes are spelled out also where they are equal. */
const bothShapes = 330;
/** Of "→ ", and of what stands beside a shape in the second of two lines. */
const arrowWidth = 18;
const besideShape = 96;

export function Tree({ scene }: { readonly scene: Scene }) {
  const [scroller, size] = useSize<HTMLDivElement>();
  const settling = useRef<ReturnType<typeof setTimeout>>(undefined);
  const cards = size.width < narrow;
  const fitted = columnsIn(size.width, columns, widths);
  const shapesWidth = fitted.shown.find(({ id }) => id === 'shapes')?.width ?? 0;
  const short = cards || shapesWidth < bothShapes;
  const space = (cards ? size.width - besideShape : shapesWidth) - arrowWidth;
  const { rows } = rowsSignal.value;
  const virtual = useVirtual({
    count: rows.length,
    size: cards ? cardHeight : rowHeight,
    scroller,
    overscan: 8,
    paddingStart: cards ? 0 : rowHeight,
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

  const choose = (row: Row, interest: Interest): void => {
    selected.value = row.key;
    if (interest !== 'pass') room.opened.value = true;
    attend(scene.base.file, factsOf(scene, row.node).site, interest);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[current];
    const to = (index: number): void => {
      const next = rows[Math.min(rows.length - 1, Math.max(0, index))];
      if (next === undefined) return;
      choose(next, 'pass');
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
        if (row !== undefined) choose(row, 'go');
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
      class={cards ? 'tree cards' : 'tree table'}
      {...(cards ? {} : fitted.attributes)}
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
      {!cards && <Head columns={fitted} scene={scene} />}
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
                short={short}
                space={space}
                onChoose={(interest) => choose(row, interest)}
              />
            );
          })}
        </div>
      )}
    </div>
  );
}

function Head({ columns, scene }: { readonly columns: Columns; readonly scene: Scene }) {
  const executed = scene.values !== undefined;
  const scale = scene.values && outputRange(scene.values.model);
  return (
    <div class="row head" role="row">
      <ColumnHead columns={columns} id="name" name="Layer" />
      <ColumnHead columns={columns} id="shapes" name="Input → output" />
      <ColumnHead
        columns={columns}
        id="params"
        class="right"
        name="Params"
        title="Parameters at and below the row, shared ones once"
      />
      <ColumnHead columns={columns} id="flops" class="right" name="FLOPs" title="Floating-point operations, forward" />
      <ColumnHead
        columns={columns}
        id="time"
        class="right"
        name="Time"
        title={
          executed
            ? 'Wall time of the executed run, children included; the bar is its share of the whole run'
            : 'Run the model to measure time'
        }
      />
      <ColumnHead
        columns={columns}
        id="values"
        name={scale === undefined ? 'Output values' : `Output values, ${number(scale.min)} to ${number(scale.max)}`}
        title={executed ? 'Of the output’s elements; all rows are drawn on this scale' : 'Run the model to see values'}
      />
    </div>
  );
}

/** The chart's rows as a list: layer, line, norms, gain, and what is wrong, last layer's neighbour the loss. */
import { useEffect, useMemo } from 'preact/hooks';
import { type GradientRow, normOf } from '../../../extension/reading/gradients.ts';
import { groupedGradients } from '../../../extension/reading/groups.ts';
import { number } from '../../../extension/reading/numbers.ts';
import type { RunOf } from '../../../extension/reading/scene.ts';
import { rowMenu } from '../../rowMenu.ts';
import { type Interest, summoned } from '../../state.ts';
import { ColumnHead, columnsIn, columnWidths } from '../../ui/columns.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Path } from '../../ui/Path.tsx';
import { RowLink } from '../../ui/SourceLink.tsx';
import { useSize } from '../../ui/size.ts';
import { useVirtual } from '../../ui/virtual.ts';
import { verdictIcon, verdictText, verdictWhy } from './verdicts.ts';

interface Props {
  readonly rows: readonly GradientRow[];
  readonly values: RunOf;
  readonly chosen: number;
  readonly stale: boolean;
  onChoose(index: number, interest: Interest): void;
}

const columns = [
  { id: 'layer', least: 96, grow: 1.6 },
  { id: 'out', least: 82 },
  { id: 'bar', least: 60, grow: 0.8, drop: 1 },
  { id: 'gain', least: 72, drop: 2 },
  { id: 'params', least: 82, drop: 3 },
] as const;
const widths = columnWidths('gradients');
/** Width of their column from which names have room for the class, and marks for words. */
const roomy = 280;

export function GradientList({ rows, values, chosen, stale, onChoose }: Props) {
  const [scroller, size] = useSize<HTMLDivElement>();
  const grouped = useMemo(() => groupedGradients(rows), [rows]);
  const virtual = useVirtual({ count: grouped.length, size: 24, scroller, paddingStart: 24 });
  const log = logRange(rows);
  const steps = rows.some(({ step }) => step !== undefined);
  const fitted = columnsIn(size.width, columns, widths, steps ? ['params'] : []);
  const words = (fitted.shown[0]?.width ?? 0) >= roomy;
  useEffect(() => {
    if (chosen >= 0) virtual.scrollTo(grouped.findIndex(({ index }) => index === chosen));
  }, [chosen, summoned.value]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -rows.length, End: rows.length }[
      event.key
    ];
    if (by === undefined) {
      if (event.key === 'Enter' && chosen >= 0) onChoose(chosen, 'go');
      return;
    }
    event.preventDefault();
    onChoose(Math.min(rows.length - 1, Math.max(0, chosen + by)), 'pass');
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus({ preventScroll: true }),
    );
  };
  return (
    <div
      class={words && !steps ? 'gradient-list words' : 'gradient-list'}
      {...fitted.attributes}
      ref={scroller}
      role="grid"
      aria-label={steps ? 'Gradients by step' : 'Gradients by layer'}
      aria-rowcount={grouped.length}
      data-testid="gradient-list"
      onKeyDown={onKeyDown}
    >
      <div class="row head" role="row">
        <ColumnHead columns={fitted} id="layer" name={steps ? 'Step' : 'Layer'} />
        <ColumnHead columns={fitted} id="out" class="right" name={steps ? '‖∂h‖' : '‖∂out‖'} />
        <ColumnHead
          columns={fitted}
          id="bar"
          name="log scale"
          title="The norm on a logarithmic scale that all rows share"
        />
        <ColumnHead
          columns={fitted}
          id="gain"
          class="right"
          name="Gain"
          title="‖∂L/∂in‖ ÷ ‖∂L/∂out‖: how much the layer (and whatever else reads its input) scales the gradient in backward"
        />
        <ColumnHead columns={fitted} id="params" class="right" name="‖∂params‖" />
      </div>
      <div class="rows" role="presentation" style={{ height: `${virtual.total}px` }}>
        {virtual.items.map((item) => {
          const line = grouped[item.index];
          if (line === undefined) return null;
          const { index, label, inside } = line;
          const row = index === undefined ? undefined : rows[index];
          if (row === undefined || index === undefined)
            return (
              <div
                key={item.index % virtual.pool}
                class="row group"
                role="row"
                aria-rowindex={item.index + 1}
                data-testid="gradient-group"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <span role="gridcell" class="name" title={label}>
                  <span class="label">{label}</span>
                </span>
              </div>
            );
          const selected = index === chosen;
          const norm = row.output === undefined ? undefined : normOf(row.output.gradient);
          return (
            <div
              key={item.index % virtual.pool}
              class={selected ? 'row selected' : 'row'}
              role="row"
              tabIndex={selected || (chosen < 0 && index === 0) ? 0 : -1}
              aria-selected={selected}
              aria-rowindex={item.index + 1}
              data-testid="gradient-row"
              data-layer={row.path}
              data-verdict={row.verdict ?? ''}
              data-vscode-context={menuOf(values, row, norm)}
              style={{ transform: `translateY(${item.start}px)` }}
              onClick={() => onChoose(index, 'look')}
              onDblClick={() => onChoose(index, 'go')}
            >
              <span role="gridcell" class={inside ? 'name inside' : 'name'}>
                {row.verdict !== undefined && <Verdict verdict={row.verdict} />}
                <Path path={label || row.className} title={row.path} />
                {row.turn > 0 && <span class="quiet num"> ×{row.turn}</span>}
                <span class="class-name">{row.path === '' ? '' : row.className}</span>
                <RowLink file={values.file} site={row.site} />
              </span>
              <span role="gridcell" class={stale ? 'right num stale' : 'right num'} data-value={norm}>
                {norm === undefined ? '' : number(norm)}
              </span>
              <span role="gridcell" class="bar" aria-hidden="true">
                {norm !== undefined &&
                  (Number.isFinite(norm) ? (
                    <span class="filled" style={{ width: `${log(norm)}%` }} />
                  ) : (
                    <span class="filled not-finite" />
                  ))}
              </span>
              <span role="gridcell" class={stale ? 'right num gain stale' : 'right num gain'}>
                {row.gain === undefined ? '' : number(row.gain)}
              </span>
              <span role="gridcell" class={stale ? 'right num params stale' : 'right num params'}>
                {row.parameterNorm === undefined ? '' : number(row.parameterNorm)}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function menuOf({ file, model }: RunOf, row: GradientRow, norm: number | undefined): string {
  return rowMenu({
    file,
    model: model.exportName,
    path: row.path,
    className: row.className,
    site: row.site,
    made: model.modules[row.module]?.site,
    values: [
      ['layer', row.path || row.className],
      ['step', row.step?.index],
      ['class', row.className],
      ['‖∂L/∂out‖', norm],
      ['gain', row.gain],
      ['‖∂L/∂parameters‖', row.parameterNorm],
      ...row.parameters.map((own) => [`‖∂L/∂${own.name}‖`, normOf(own.gradient)] as const),
      ['verdict', row.verdict],
    ],
  });
}

function Verdict({ verdict }: { readonly verdict: keyof typeof verdictText }) {
  return (
    <span
      class={`finding ${verdict === 'nan' || verdict === 'exploding' ? 'error' : 'warning'}`}
      title={verdictWhy[verdict]}
    >
      <Icon name={verdictIcon[verdict]} />
      <span class="verdict-text">{verdictText[verdict]}</span>
    </span>
  );
}

/** Where a norm lies between the smallest and the largest, in percent of their decades. */
function logRange(rows: readonly GradientRow[]): (norm: number) => number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    const norm = row.output === undefined ? 0 : normOf(row.output.gradient);
    if (!(norm > 0) || !Number.isFinite(norm)) continue;
    low = Math.min(low, Math.log10(norm));
    high = Math.max(high, Math.log10(norm));
  }
  const from = Math.floor(low) - 0.5;
  return (norm) =>
    norm > 0 && Number.isFinite(norm) && high > from
      ? Math.min(100, (100 * (Math.log10(norm) - from)) / (high - from))
      : 0;
}

/** One row: a module or an operation, in one line, or in two where there is little room. */
import { useMemo } from 'preact/hooks';
import { shapeText } from '../../../extension/reading/axes.ts';
import { formatConfig } from '../../../extension/reading/config.ts';
import { normOf } from '../../../extension/reading/gradients.ts';
import { count, duration, flopCount, integer, plural } from '../../../extension/reading/numbers.ts';
import { identityOf } from '../../../extension/reading/operation.ts';
import { outputRange } from '../../../extension/reading/outputRange.ts';
import { factsOf, type RowFacts } from '../../../extension/reading/row.ts';
import type { Row } from '../../../extension/reading/rows.ts';
import type { Scene } from '../../../extension/reading/scene.ts';
import { rowMenu } from '../../rowMenu.ts';
import type { Interest } from '../../state.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Shapes } from '../../ui/Shape.tsx';
import { RowLink } from '../../ui/SourceLink.tsx';
import { Flags, StatsPill } from '../../ui/StatsPill.tsx';
import { toggle } from './options.ts';

interface Props {
  readonly row: Row;
  readonly index: number;
  readonly top: number;
  readonly scene: Scene;
  readonly selected: boolean;
  readonly tabStop: boolean;
  readonly totalMs: number | undefined;
  /** There is room for the output’s shape only. */
  readonly short: boolean;
  /** Pixels for that shape. */
  readonly space: number;
  onChoose(interest: Interest): void;
}

/** Drawn again only when it shows something else: while scrolling most rows stay what they are. */
export function TreeRow(props: Props) {
  const { row, index, top, scene, selected, tabStop, totalMs, short, space } = props;
  return useMemo(() => <Drawn {...props} />, [row, index, top, scene, selected, tabStop, totalMs, short, space]);
}

function Drawn({ row, index, top, scene, selected, tabStop, totalMs, short, space, onChoose }: Props) {
  const { node } = row;
  const facts = factsOf(scene, node);
  const unreached = node.kind === 'module' && facts.calls === 0 && !row.expandable && !scene.base.model.complete;
  const classes = [
    'row',
    node.kind,
    selected && 'selected',
    row.path && 'path',
    unreached && 'unreached',
    scene.earlier && 'earlier',
  ]
    .filter(Boolean)
    .join(' ');
  return (
    <div
      class={classes}
      role="row"
      tabIndex={tabStop ? 0 : -1}
      aria-level={row.depth + 1}
      aria-setsize={row.setSize}
      aria-posinset={row.position}
      aria-selected={selected}
      aria-rowindex={index + 1}
      {...(row.expandable ? { 'aria-expanded': row.expanded } : {})}
      data-testid="module-row"
      data-key={row.key}
      data-kind={node.kind}
      data-vscode-context={menuOf(scene, node, facts)}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onChoose('look')}
      onDblClick={() => onChoose('go')}
    >
      <span role="gridcell" class="name" style={{ paddingInlineStart: `${row.depth * 12}px` }}>
        <Twisty row={row} />
        {node.kind === 'module' && scene.failing.has(node.module) && (
          <span class="finding error" title="The current code fails here" data-testid="failing">
            <Icon name="error" />
            <span class="for-listeners">fails</span>
          </span>
        )}
        <Name row={row} scene={scene} />
        {facts.stats !== undefined && <Flags stats={facts.stats} />}
        {facts.calls > 1 && (
          <span class="tag" title={`Called ${facts.calls} times; the first call is shown`}>
            {facts.calls} calls
          </span>
        )}
        <RowLink file={scene.base.file} site={facts.site} />
      </span>
      <span role="gridcell" class="shapes" data-testid="shapes-cell" title={short ? flowText(facts) : undefined}>
        {unreached ? (
          <span class="quiet">not reached</span>
        ) : facts.calls > 0 ? (
          <>
            {!short && (
              <span class="input">
                <Shapes tensors={facts.inputs.map((each) => each.shown)} />
              </span>
            )}
            <span class="arrow">{short ? '→ ' : ' → '}</span>
            <span class="output">
              {facts.outputs.length === 0 && !scene.base.model.complete ? (
                <span class="quiet">not finished</span>
              ) : (
                <Shapes tensors={facts.outputs.map((each) => each.shown)} room={short ? space : undefined} />
              )}
            </span>
          </>
        ) : (
          <span class="quiet">{insideOf(node)}</span>
        )}
      </span>
      <span
        role="gridcell"
        class="right num params"
        title={facts.parameters === undefined ? undefined : `${integer(facts.parameters)} parameters`}
      >
        {facts.parameters === undefined || facts.parameters === 0 ? '' : count(facts.parameters)}
      </span>
      <span
        role="gridcell"
        class="right num flops"
        title={facts.flops === undefined ? undefined : `${integer(facts.flops)} FLOPs`}
      >
        {facts.flops === undefined || facts.flops === 0 ? '' : flopCount(facts.flops)}
      </span>
      <span role="gridcell" class={scene.outOfDate ? 'right num time stale' : 'right num time'}>
        {facts.ms !== undefined && (
          <>
            <span
              class="bar"
              style={{
                width: `${Math.min(100, totalMs === undefined || totalMs === 0 ? 0 : (100 * facts.ms) / totalMs)}%`,
              }}
            />
            <span class="over">{duration(facts.ms)}</span>
          </>
        )}
      </span>
      <span role="gridcell" class="values">
        {facts.stats !== undefined && (
          <StatsPill
            stats={facts.stats}
            stale={scene.outOfDate}
            scale={scene.values && outputRange(scene.values.model)}
          />
        )}
      </span>
    </div>
  );
}

/** What a container that is never called itself has in it. */
function insideOf({ children }: Row['node']): string {
  const layers = children.filter(({ kind }) => kind === 'module').length;
  return layers === 0 ? '' : plural(layers, 'layer');
}

const shapesText = (tensors: RowFacts['inputs']): string => tensors.map(({ shown }) => shapeText(shown)).join(', ');

function menuOf(scene: Scene, node: Row['node'], facts: RowFacts): string {
  const { file, model } = scene.base;
  const module = model.modules[node.module];
  const { stats } = facts;
  return rowMenu({
    file,
    model: model.exportName,
    path: module?.path ?? '',
    className: node.className,
    site: facts.site,
    made: module?.site,
    values: [
      ['layer', module?.path || node.label],
      ['class', node.className],
      ['shapes', facts.calls > 0 ? flowText(facts) : undefined],
      ['parameters', facts.parameters],
      ['FLOPs', facts.flops],
      ['ms', facts.ms],
      ['min', stats?.min],
      ['max', stats?.max],
      ['mean', stats?.mean],
      ['std', stats?.std],
      ['norm', stats && normOf(stats)],
    ],
  });
}

/** Both sides in full, where there is no room for them. */
const flowText = ({ inputs, outputs }: RowFacts): string => `${shapesText(inputs)} → ${shapesText(outputs)}`;

function Twisty({ row }: { readonly row: Row }) {
  if (!row.expandable) return <span class="twisty" />;
  return (
    <span
      class="twisty"
      data-testid="twisty"
      onDblClick={(event) => event.stopPropagation()}
      onClick={(event) => {
        event.stopPropagation();
        toggle(row.key, !row.expanded);
      }}
    >
      <Icon name={row.expanded ? 'chevron-down' : 'chevron-right'} />
    </span>
  );
}

function Operation({ node, scene }: { readonly node: Row['node']; readonly scene: Scene }) {
  const { name, text } = identityOf(scene.base.file, scene.base.model, node.op ?? -1);
  return (
    <>
      <span class="label op-name">{node.label}</span>
      <span class="op-identity" title={[name, text].filter(Boolean).join('\n')} data-testid="op-identity">
        {name || text}
      </span>
    </>
  );
}

function Name({ row, scene }: { readonly row: Row; readonly scene: Scene }) {
  const { node } = row;
  if (node.kind === 'op') return <Operation node={node} scene={scene} />;
  const module = scene.base.model.modules[node.module];
  return (
    <>
      <span class="label" title={module?.path}>
        {node.label}
        {row.lastLabel !== undefined && `–${row.lastLabel}`}
      </span>
      <span class="class-name">
        {node.className === node.label ? '' : node.className}
        {module?.detail !== undefined && (
          <span class="detail" title={module.config && formatConfig(module.config)}>
            {' '}
            {module.detail}
          </span>
        )}
      </span>
      {row.repeat > 1 && (
        <button
          type="button"
          class="tag"
          title="Equal blocks: click to show each"
          tabIndex={-1}
          onClick={(event) => {
            event.stopPropagation();
            toggle(`×${row.key}`, true);
          }}
        >
          ×{row.repeat}
        </button>
      )}
    </>
  );
}

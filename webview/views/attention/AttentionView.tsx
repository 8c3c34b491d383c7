/** Attention as one drill-down: every head of every layer at a glance, then one head's map, then one weight. */
import './attention.css';
import type { AttentionRecord } from '../../../core/trace/trace.ts';
import { keyOf, pathOf, type Role, roleOf } from '../../../extension/reading/attention.ts';
import { integer } from '../../../extension/reading/numbers.ts';
import type { RunOf, Scene } from '../../../extension/reading/scene.ts';
import { within } from '../../room.ts';
import { head, selected } from '../../state.ts';
import { Empty } from '../../ui/Empty.tsx';
import { Help } from '../../ui/Help.tsx';
import { Split, splitChoice } from '../../ui/Split.tsx';
import { Button, Checkbox, Dropdown } from '../../ui/toolkit.tsx';
import { chosenOf } from './chosen.ts';
import { HeadList } from './HeadList.tsx';
import { HeadMap } from './HeadMap.tsx';
import { kindText } from './Kinds.tsx';
import { Overview } from './Overview.tsx';
import { asList, hideSink, role } from './options.ts';
import { numbersHeight, rowHeight, toolbarHeight } from './sizes.ts';

const room = splitChoice('attention');
/** The overview's rows take no more of the height than this; the map has the rest. */
const mostAbove = 0.32;

export function AttentionView({ scene }: { readonly scene: Scene }) {
  const { values } = scene;
  const found = values?.model.attention ?? [];
  if (values === undefined || found.length === 0) return <Nothing scene={scene} />;
  return <Maps scene={scene} values={values} found={found} />;
}

function Nothing({ scene }: { readonly scene: Scene }) {
  const known = scene.base.model.attention;
  if (scene.values !== undefined && !scene.outOfDate && scene.values.model.complete)
    return (
      <Empty icon="eye" title="No attention in this model" testId="attention-none">
        A map appears wherever a softmax over keys mixes values, whatever the layer is called.
      </Empty>
    );
  const heads = known.reduce((n, record) => n + record.heads, 0);
  return (
    <Empty icon="eye" title="See what attends to what" mode="forward" testId="attention-empty">
      {known.length > 0
        ? `Run the model to fill ${integer(heads)} attention ${heads === 1 ? 'map' : 'maps'} in ${integer(known.length)} ${known.length === 1 ? 'layer' : 'layers'}.`
        : 'Run the model on its sample input; maps are found in its operations.'}
    </Empty>
  );
}

const terms = [
  ['query ↓, key →', 'A row is a query: its weights over all keys add up to 1.'],
  ['Weights, Scores, Gradient', 'After the softmax; before it; ∂L/∂weights after a backward run.'],
  [
    'Scale to row',
    'Scales the colours of each row to its own largest weight. The default where there are many keys, because the weights in row n are about 1/n.',
  ],
  ['√ scale', 'Colours follow the square root of a weight, so that small ones can be told apart.'],
  ['beyond the range', 'Cells whose value is outside the colour range, drawn in the nearest colour of it.'],
  ['masked', 'Hatched: the mask leaves this key out.'],
  ['causal', 'Each query sees keys up to its own position only.'],
  ['Hide first key', 'Many heads put most of their weight on the first key; hiding it makes the others visible.'],
  [
    'peak, entropy',
    'Of a head: its largest weight, and the mean entropy of its rows in bits: 0 where each query attends to one key, log₂ of the number of keys where it attends to all alike. The list of heads can be sorted by either.',
  ],
] as const;

interface MapsProps {
  readonly scene: Scene;
  readonly values: RunOf;
  readonly found: readonly AttentionRecord[];
}

function Maps({ scene, values, found }: MapsProps) {
  const { model } = values;
  const roles = [...new Set(found.map((record) => roleOf(model, record)))];
  const wanted = roles.includes(role.value as Role) ? role.value : 'all';
  const records = wanted === 'all' ? found : found.filter((record) => roleOf(model, record) === wanted);
  const chosen = chosenOf(values, records);
  const batches = Math.max(...records.map((record) => record.batch));
  const batch = Math.min(head.value?.batch ?? 0, batches - 1);
  const heads = records.reduce((most, record) => Math.max(most, record.heads), 1);
  const Heads = asList.value ? HeadList : Overview;
  const choose = (record: AttentionRecord, index: number, to = batch, open = true): void => {
    if (open) room.opened.value = true;
    head.value = { key: keyOf(model, record), head: index, batch: to };
    selected.value = pathOf(model, record) || '·';
  };
  return (
    <Split
      choice={room}
      testId="attention"
      class="attention"
      label="Room for the map"
      needs={{ beside: 860, besideAtLeast: 520, below: 420 }}
      least={{ width: [180, 260], height: [96, 180] }}
      initial={(placement, whole) =>
        placement === 'beside'
          ? whole - within(heads * 96 + 20, { least: Math.min(whole / 2, heads * 32 + 20, 420), most: whole * 0.42 })
          : whole -
            within(toolbarHeight + numbersHeight + records.length * rowHeight, { least: 110, most: whole * mostAbove })
      }
      main={
        <div class="pane">
          <div class="toolbar">
            {roles.length > 1 && (
              <Dropdown<Role | 'all'>
                label="Kind of attention"
                testId="attention-kind"
                value={wanted}
                choices={[
                  { value: 'all', label: 'All kinds' },
                  ...roles.map((each) => ({ value: each, label: kindText[each] })),
                ]}
                onChange={(next) => {
                  role.value = next;
                }}
              />
            )}
            {batches > 1 && (
              <Dropdown
                label="Element of the batch"
                testId="attention-batch"
                value={String(batch)}
                choices={Array.from({ length: Math.min(batches, 256) }, (_, i) => ({
                  value: String(i),
                  label: `Batch ${i}`,
                }))}
                onChange={(next) => choose(chosen.record, chosen.head, Number(next), false)}
              />
            )}
            <Checkbox
              testId="hide-sink"
              title="Leave the first key out of the picture and its colour range: many heads put their weight there when they have nothing to attend to"
              checked={hideSink.value}
              onChange={(on) => {
                hideSink.value = on;
              }}
            >
              Hide first key
            </Checkbox>
            <span class="end">
              <span class="quiet num">
                {integer(records.length)}
                {records.length < found.length && ` of ${integer(found.length)}`}{' '}
                {found.length === 1 ? 'layer' : 'layers'}
              </span>
              <Button
                appearance="icon"
                icon={asList.value ? 'symbol-color' : 'list-ordered'}
                label={asList.value ? 'Show the heads as small maps' : 'List the heads by entropy or peak'}
                pressed={asList.value}
                testId="toggle-list"
                onClick={() => {
                  asList.value = !asList.value;
                }}
              />
              <Help of="Attention" terms={terms} />
            </span>
          </div>
          <Heads
            scene={scene}
            values={values}
            records={records}
            chosen={chosen}
            batch={batch}
            onChoose={(record, index, open) => choose(record, index, batch, open)}
          />
        </div>
      }
      aside={
        <HeadMap
          key={`${chosen.record.id}`}
          scene={scene}
          values={values}
          record={chosen.record}
          head={chosen.head}
          batch={batch}
        />
      }
    />
  );
}

/** The lenses, over every model, class, `forward` and layer field: what it is, and one action. */
import type { ModelTrace, Range } from '../../core/trace/trace.ts';
import type { LayerRef, LensLevel, LensPlace, RunActivity } from '../protocol/server.ts';
import type { Training } from '../protocol/training.ts';
import { formatParameters } from '../reading/format.ts';
import { duration, integer, number } from '../reading/numbers.ts';
import { isTraining } from '../reading/training.ts';
import { layerFlow } from './layerHover.ts';
import { instancesAt, layerRef } from './links.ts';
import type { OutlineItem } from './outline.ts';
import type { PlaceTracker } from './placeTracker.ts';
import { sameRange } from './positions.ts';
import type { View } from './view.ts';

/** A place a layer (or the model) is run from. */
export interface LensTarget {
  readonly range: Range;
  readonly place: LensPlace;
  readonly layer: LayerRef;
  /** All instances; [0] of the model where it is the model itself. */
  readonly modules: readonly number[];
  readonly model: ModelTrace;
  /** The same model in the last complete run, where the latest was cut off. */
  readonly before: ModelTrace | undefined;
  readonly stale: boolean;
  /** Of a model that says how it is trained: that training, once there is one. */
  readonly train?: { readonly last: Training | undefined };
  /** The run that was asked for here, while it goes on. */
  readonly run?: RunActivity;
  /** The run of the file that goes on, where it was asked for elsewhere: another takes its place. */
  readonly elsewhere?: RunActivity;
}

/** Of a model file's trainings, what lenses say. */
export interface TrainingLookup {
  of(exportName: string): Training | undefined;
}

export interface LensCommand {
  readonly title: string;
  readonly command: string;
  readonly arguments?: unknown[];
}

/** `uri`: the model file; `file`: the one the lenses stand in, the same or one it imports. */
export function lensTargets(
  view: View,
  items: PlaceTracker<OutlineItem> | undefined,
  uri: string,
  file: string,
  trainings?: TrainingLookup,
): LensTarget[] {
  const targets: LensTarget[] = [];
  const add = (range: Range, place: LensPlace, model: ModelTrace, modules: readonly number[], stale: boolean) => {
    if (modules.length === 0 || targets.some((target) => sameRange(target.range, range))) return;
    const before = view.sources.good?.trace.models.find(({ exportName }) => exportName === model.exportName);
    const train =
      modules[0] === 0 && model.train !== undefined && trainings !== undefined
        ? { train: { last: trainings.of(model.exportName) } }
        : {};
    targets.push({ range, place, layer: layerRef(uri, model, modules), modules, model, before, stale, ...train });
  };

  for (const spot of view.spots(file)) {
    if (spot.site.kind !== 'field') continue;
    const seen = spot.seen.find((one) => instancesAt(one).length > 0);
    if (seen !== undefined) add(spot.range, 'field', seen.model, instancesAt(seen), seen.stale);
  }
  const { latest, good } = view.sources;
  for (const index of items?.inFile(file) ?? []) {
    const { kind, name } = items!.places[index]!;
    const range = items!.range(index);
    if (range === undefined) continue;
    // What the latest run did not come to, as where a constructor failed, stays as the last complete one had it.
    for (const source of [latest, good]) {
      const found = source && declaredIn(source.trace.models, kind, name);
      if (found === undefined) continue;
      add(
        range,
        kind === 'defineModel' ? 'model' : kind,
        found.model,
        found.modules,
        source !== latest || source!.outOfDate,
      );
      break;
    }
  }
  return targets.sort((a, b) => a.range.start.line - b.range.start.line);
}

/** The modules of a model that a declaration stands for, where it has any. */
function declaredIn(models: readonly ModelTrace[], kind: OutlineItem['kind'], name: string) {
  if (kind === 'defineModel') {
    const model = models.find(({ exportName }) => exportName === name) ?? (models.length === 1 ? models[0] : undefined);
    return model === undefined || model.modules.length === 0 ? undefined : { model, modules: [0] };
  }
  const model = models.find(({ modules }) => modules.some(({ className }) => className === name));
  return model === undefined ? undefined : { model, modules: instancesOf(name, model) };
}

/** A class that is the model itself stands for the model only. */
function instancesOf(className: string, model: ModelTrace): readonly number[] {
  if (model.modules[0]?.className === className) return [0];
  return model.modules.filter((module) => module.className === className).map(({ id }) => id);
}

export function atLevel(targets: readonly LensTarget[], level: LensLevel): readonly LensTarget[] {
  switch (level) {
    case 'off':
      return [];
    case 'models':
      return targets.filter(({ place }) => place === 'model' || place === 'class');
    case 'layers':
      return targets;
    default:
      throw new Error(`unknown level of lenses: ${level satisfies never}`);
  }
}

/** The run under way goes with one of the lenses it is of: where it was asked for, else over the model, else the first. The others say that theirs replaces it. */
export function withRun(targets: readonly LensTarget[], run: RunActivity): readonly LensTarget[] {
  const own = targets.filter(
    ({ layer: { model, layer } }) =>
      (run.model === undefined || run.model === model) && String(run.layer ?? '') === String(layer ?? ''),
  );
  const one = own.find(({ place }) => place === run.at) ?? own.find(({ place }) => place === 'model') ?? own[0];
  return targets.map((target) => (target === one ? { ...target, run } : { ...target, elsewhere: run }));
}

/** What is over a target, from left to right: what it is, which inspects it; then one action, and what became of its training. */
export function lensCommands(target: LensTarget): readonly LensCommand[] {
  const { train, run, elsewhere } = target;
  const layer: LayerRef = { ...target.layer, at: target.place };
  const last = train?.last;
  const training = last !== undefined && isTraining(last);
  const own = { arguments: [layer] };
  const commands: LensCommand[] = [{ title: lensTitle(target), command: 'tensight.inspect', ...own }];
  commands.push(
    run === undefined
      ? {
          title: elsewhere === undefined ? '▷ Run ▾' : `▷ Run instead of ${elsewhere.mode} ▾`,
          command: 'tensight.actions',
          arguments: [train === undefined || training ? layer : { ...layer, trains: true }],
        }
      : { title: run.stopping ? '◼ Stopping…' : '◼ Stop', command: 'tensight.stopRun', ...own },
  );
  // Said once: over the model.
  if (target.place !== 'model') return commands;
  if (training) commands.push({ title: '◼ Stop training', command: 'tensight.stopTraining', ...own });
  else if (last !== undefined) commands.push({ title: trainedTitle(last), command: 'tensight.showTraining', ...own });
  return commands;
}

/** `✓ trained 300 steps · loss 2.3 → 0.012`, and what became of it where that is not all. */
function trainedTitle({ state, step, steps, firstLoss, loss, outOfDate, parameters, remark }: Training): string {
  const made = {
    running: '',
    stopping: '',
    done: `✓ trained ${integer(step)} steps`,
    stopped: steps === 0 ? '◼ training stopped' : `◼ stopped at step ${integer(step)} of ${integer(steps)}`,
    failed: steps === 0 ? '✗ training failed' : `✗ training failed at step ${integer(step + 1)}`,
  }[state];
  const parts = [made];
  if (firstLoss !== undefined && loss !== undefined) parts.push(`loss ${number(firstLoss)} → ${number(loss)}`);
  if (parameters === 'initial' && state !== 'failed') parts.push('runs use initial parameters');
  if (parameters === 'none' && remark !== undefined) parts.push('parameters dropped');
  return `${outOfDate ? '⋯ ' : ''}${parts.join(' · ')}`;
}

/** `[batch 2, seq 8, 64] → [batch 2, seq 8, 64] · 16.6 k parameters ×2`. */
export function lensTitle({ modules, model, before, stale }: LensTarget): string {
  const called = modules.find((id) => (model.modules[id]?.calls.length ?? 0) > 0);
  const module = model.modules[called ?? modules[0] ?? -1];
  if (module === undefined) return '';
  const flow = layerFlow(module, model, before);
  const parts = [flow === '' ? '' : flow, formatParameters(module.parameters)];
  if (module.parent === undefined && model.loss?.value !== undefined) parts.push(`loss ${number(model.loss.value)}`);
  if (module.parent === undefined && model.totals.ms !== undefined) parts.push(duration(model.totals.ms));
  const text = parts.filter((part) => part !== '').join(' · ');
  return `${stale && !text.startsWith('⋯') ? '⋯ ' : ''}${text === '' ? module.className : text}${modules.length > 1 ? ` ×${modules.length}` : ''}`;
}

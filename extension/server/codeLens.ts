/** The lenses: run, backward, inspect and a title over every model, class, `forward` and layer field. */
import type { ModelTrace, Range } from '../../core/trace/trace.ts';
import { formatParameters } from '../protocol/format.ts';
import { duration, number } from '../protocol/numbers.ts';
import type { LayerRef } from '../protocol/server.ts';
import { layerFlow } from './layerHover.ts';
import { instancesAt, layerRef } from './links.ts';
import type { OutlineItem } from './outline.ts';
import { sameRange } from './positions.ts';
import type { Tracked } from './tracked.ts';
import type { View } from './view.ts';

/** A place a layer (or the model) is run from. */
export interface LensTarget {
  readonly range: Range;
  readonly layer: LayerRef;
  /** All instances; [0] of the model where it is the model itself. */
  readonly modules: readonly number[];
  readonly model: ModelTrace;
  /** The same model in the last complete run, where the latest was cut off. */
  readonly before: ModelTrace | undefined;
  readonly stale: boolean;
}

export type LensPart = 'run' | 'backward' | 'inspect' | 'title';

export const lensParts: readonly LensPart[] = ['run', 'backward', 'inspect', 'title'];

/** `uri`: the model file; `file`: the one the lenses stand in, the same or one it imports. */
export function lensTargets(
  view: View,
  items: Tracked<OutlineItem> | undefined,
  uri: string,
  file: string,
): LensTarget[] {
  const targets: LensTarget[] = [];
  const add = (range: Range, model: ModelTrace, modules: readonly number[], stale: boolean) => {
    if (modules.length === 0 || targets.some((target) => sameRange(target.range, range))) return;
    const before = view.sources.good?.trace.models.find(({ exportName }) => exportName === model.exportName);
    targets.push({ range, layer: layerRef(uri, model, modules), modules, model, before, stale });
  };

  for (const spot of view.spots(file)) {
    if (spot.site.kind !== 'field') continue;
    const seen = spot.seen.find((one) => instancesAt(one).length > 0);
    if (seen !== undefined) add(spot.range, seen.model, instancesAt(seen), seen.stale);
  }
  const source = view.sources.latest?.trace.models.some(({ modules }) => modules.length > 0)
    ? view.sources.latest
    : (view.sources.good ?? view.sources.latest);
  const models = source?.trace.models ?? [];
  const stale = source !== undefined && (source.outOfDate || source !== view.sources.latest);
  for (const index of items?.inFile(file) ?? []) {
    const { kind, name } = items!.places[index]!;
    const range = items!.range(index);
    if (range === undefined) continue;
    if (kind === 'defineModel') {
      const model =
        models.find(({ exportName }) => exportName === name) ?? (models.length === 1 ? models[0] : undefined);
      if (model !== undefined) add(range, model, [0], stale);
    } else {
      const model = models.find(({ modules }) => modules.some(({ className }) => className === name));
      if (model !== undefined) add(range, model, instancesOf(name, model), stale);
    }
  }
  return targets.sort((a, b) => a.range.start.line - b.range.start.line);
}

/** A class that is the model itself stands for the model only. */
function instancesOf(className: string, model: ModelTrace): readonly number[] {
  if (model.modules[0]?.className === className) return [0];
  return model.modules.filter((module) => module.className === className).map(({ id }) => id);
}

/** `tensight.…` and what the lens says. */
export function lensCommand(
  part: LensPart,
  target: LensTarget,
): { title: string; command: string; arguments?: unknown[] } {
  const whole = target.layer.layer === undefined;
  switch (part) {
    case 'run':
      return {
        title: whole ? '▷ Run model' : '▷ Run layer',
        command: whole ? 'tensight.runModel' : 'tensight.runLayer',
        arguments: [target.layer],
      };
    case 'backward':
      return { title: '↺ Backward', command: 'tensight.runBackward', arguments: [target.layer] };
    case 'inspect':
      return { title: 'Inspect', command: 'tensight.inspect', arguments: [target.layer] };
    case 'title':
      return { title: lensTitle(target), command: '' };
    default:
      return part satisfies never;
  }
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
  return `${stale && !text.startsWith('⋯') ? '⋯ ' : ''}${text}${modules.length > 1 ? ` ×${modules.length}` : ''}`;
}

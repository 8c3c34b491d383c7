import type { ModelTrace } from '../../core/trace/trace.ts';
import type { LayerRef } from '../protocol/server.ts';
import type { Observation } from './view.ts';

export function commandLink(label: string, command: string, argument: LayerRef): string {
  const query = encodeURIComponent(JSON.stringify([argument]))
    .replaceAll('(', '%28')
    .replaceAll(')', '%29');
  return `[${label}](command:${command}?${query})`;
}

/** The different modules a place held, in order of appearance. */
export function instancesAt(seen: Observation): readonly number[] {
  return [...new Set(seen.values.values.flatMap(({ value }) => (value.kind === 'module' ? [value.module] : [])))];
}

export function layerRef(uri: string, model: ModelTrace, modules: readonly number[]): LayerRef {
  const paths = modules.map((id) => model.modules[id]?.path ?? '');
  // The model itself has the empty path and is asked for by leaving the layer out.
  return paths.length === 0 || paths.includes('')
    ? { uri, model: model.exportName }
    : { uri, model: model.exportName, layer: paths };
}

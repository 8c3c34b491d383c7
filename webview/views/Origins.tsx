/** Where shapes come from, and where numbers do when that is another run. */
import type { ModelTrace } from '../../core/trace/trace.ts';
import { clock } from '../../extension/reading/numbers.ts';
import { type Origin, originOf } from '../../extension/reading/provenance.ts';
import type { Scene } from '../../extension/reading/scene.ts';
import { outcome, seen, trainings } from '../state.ts';
import { Provenance } from '../ui/Provenance.tsx';

export function Origins({ scene }: { readonly scene: Scene }) {
  const { base, values } = scene;
  const at = seen.value !== undefined && values?.file.run === seen.value.run ? clock(seen.value.at) : undefined;
  const origin = values === undefined ? undefined : originOf(values.model, scene);
  return (
    <span class="chips">
      {values?.model !== base.model && (
        <Provenance
          origin={originOf(base.model, { outOfDate: scene.earlier })}
          testId="provenance-shapes"
          title={shapesTitle(scene)}
          note="shapes"
        />
      )}
      {values !== undefined && origin !== undefined && (
        <Provenance
          origin={origin}
          earlier={outcome.value?.kind === 'failed'}
          at={at}
          note={noteOf(values.model, origin)}
          more={values.model.stoppedAt === undefined ? undefined : `The run went to ${values.model.stoppedAt}`}
        />
      )}
    </span>
  );
}

/** How far a run went, and whose parameters it had where that is in question. */
function noteOf({ stoppedAt, exportName }: ModelTrace, { parameters }: Origin): string | undefined {
  const ends = stoppedAt?.split(', ') ?? [];
  const parts = ends.length > 1 ? [`to ${ends.length} layers`] : ends.map((path) => `to ${path}`);
  if (parameters !== undefined) parts.push(parameters);
  else if ((trainings.value.get(exportName)?.parameters ?? 'none') !== 'none') parts.push('initial parameters');
  return parts.length === 0 ? undefined : parts.join(' · ');
}

/** Where its meaning alone does not say it. */
function shapesTitle(scene: Scene): string | undefined {
  if (scene.earlier)
    return 'The current code stops before it calls the model: the shapes are from the last version that did not';
  return scene.values === undefined ? undefined : 'Shapes are from the current code, numbers from the last run';
}

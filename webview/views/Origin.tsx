/** Where shapes come from, and where numbers do when that is another run. */
import type { ModelTrace } from '../../core/trace/trace.ts';
import { trainedText } from '../../extension/reading/format.ts';
import { clock } from '../../extension/reading/numbers.ts';
import type { Scene } from '../../extension/reading/scene.ts';
import { outcome, seen, trainings } from '../state.ts';
import { Provenance } from '../ui/Provenance.tsx';

export function Origin({ scene }: { readonly scene: Scene }) {
  const { base, values, outOfDate } = scene;
  const at = seen.value !== undefined && values?.file.run === seen.value.run ? clock(seen.value.at) : undefined;
  const note = values === undefined ? undefined : noteOf(values.model);
  return (
    <span class="chips">
      {values?.model !== base.model && (
        <Provenance
          kind={base.model.provenance}
          outOfDate={scene.earlier}
          testId="provenance-shapes"
          title={shapesTitle(scene)}
          note="shapes"
        />
      )}
      {values !== undefined && (
        <Provenance
          kind={values.model.provenance}
          outOfDate={outOfDate}
          ended={scene.ended}
          earlier={outcome.value?.kind === 'failed'}
          at={at}
          note={note}
          title={values.model.fallback === undefined ? undefined : `Computed because ${values.model.fallback}`}
          more={values.model.stoppedAt === undefined ? undefined : `The run went to ${values.model.stoppedAt}`}
        />
      )}
    </span>
  );
}

/** How far a run went, and whose parameters it had where that is in question. */
function noteOf({ stoppedAt, trained, exportName }: ModelTrace): string | undefined {
  const ends = stoppedAt?.split(', ') ?? [];
  const parts = ends.length > 1 ? [`to ${ends.length} layers`] : ends.map((path) => `to ${path}`);
  if (trained !== undefined) parts.push(trainedText(trained));
  else if ((trainings.value.get(exportName)?.parameters ?? 'none') !== 'none') parts.push('initial parameters');
  return parts.length === 0 ? undefined : parts.join(' · ');
}

function shapesTitle(scene: Scene): string {
  if (scene.earlier)
    return 'The current code stops before it calls the model: the shapes are from the last version that did not';
  return scene.values === undefined
    ? 'Inferred from shapes: nothing has been computed yet'
    : 'Shapes are from the current code, numbers from the last run';
}

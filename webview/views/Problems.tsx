/** What is wrong with the file, at its line: above every view, so that a picture is never believed without it. */

import type { FileTrace, Problem } from '../../core/trace/trace.ts';
import { plural } from '../../extension/reading/numbers.ts';
import { fileName } from '../../extension/reading/scene.ts';
import { asSentence } from '../../extension/reading/sentence.ts';
import { editor } from '../bridge.ts';
import { persisted } from '../persisted.ts';
import { update } from '../state.ts';
import { Icon } from '../ui/Icon.tsx';
import { SourceLink } from '../ui/SourceLink.tsx';

const all = persisted('problems.all', false);
const few = 2;

export function Problems() {
  const now = update.value;
  const found = [now?.shape, now?.outOfDate === true ? undefined : now?.run].flatMap((file) =>
    file === undefined ? [] : file.problems.map((problem) => ({ file, problem })),
  );
  const unique = found.filter(
    ({ problem }, i) => found.findIndex((other) => other.problem.message === problem.message) === i,
  );
  if (unique.length === 0) return null;
  const shown = all.value ? unique : unique.slice(0, few);
  return (
    <section class="problems" aria-label="Problems" data-testid="problems">
      {shown.map(({ file, problem }) => (
        <Entry key={problem.message} file={file} problem={problem} />
      ))}
      {unique.length > few && (
        <button type="button" class="link" onClick={() => (all.value = !all.value)}>
          {all.value ? 'Fewer' : `${plural(unique.length - few, 'more problem')}`}
        </button>
      )}
    </section>
  );
}

function Entry({ file, problem }: { readonly file: FileTrace; readonly problem: Problem }) {
  return (
    <div class={`problem ${problem.severity}`} data-testid="problem" data-code={problem.code}>
      <Icon name={problem.severity} />
      <div>
        <p class="message">
          {asSentence(problem.message)} <Place file={file} problem={problem} />
        </p>
        {problem.hint !== undefined && <p class="quiet">{problem.hint}</p>}
        {problem.related?.map((each) => (
          <p key={each.message} class="quiet related">
            {asSentence(each.message)} <SourceLink file={file} site={each.site} testId="related-line" />
          </p>
        ))}
      </div>
    </div>
  );
}

function Place({ file, problem }: { readonly file: FileTrace; readonly problem: Problem }) {
  if (problem.site !== undefined) return <SourceLink file={file} site={problem.site} testId="problem-line" />;
  const { range } = problem;
  if (range === undefined) return null;
  const place = problem.file ?? file.file;
  const { start, end } = range;
  return (
    <button
      type="button"
      class="link"
      data-testid="problem-line"
      onClick={() =>
        editor.notify('revealSite', {
          file: place,
          line: start.line,
          character: start.character,
          endLine: end.line,
          endCharacter: end.character,
          preview: false,
        })
      }
    >
      {place === file.file ? '' : `${fileName(place)}, `}line {start.line + 1}
    </button>
  );
}

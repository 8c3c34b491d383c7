/** How a training ended: what went wrong, at its line; what the model says of itself by now; what became of its parameters. */

import type { Training } from '../../../extension/protocol/training.ts';
import { number } from '../../../extension/reading/numbers.ts';
import { fileName } from '../../../extension/reading/scene.ts';
import { asSentence } from '../../../extension/reading/sentence.ts';
import { isTraining } from '../../../extension/reading/training.ts';
import { editor } from '../../bridge.ts';
import { Icon } from '../../ui/Icon.tsx';

export function Outcome({ training }: { readonly training: Training }) {
  const { remark, result, outOfDate, step } = training;
  const entries = Object.entries(result);
  return (
    <div class="outcome">
      {remark !== undefined && (
        <p class="remark" data-testid="training-remark">
          <Icon name="info" /> {remark}
        </p>
      )}
      {entries.length > 0 && (
        <section aria-label="Result" data-testid="training-result">
          <h2>Result</h2>
          <dl class={outOfDate ? 'result stale' : 'result'}>
            {entries.map(([name, value]) => (
              <div key={name} data-testid="result-row">
                <dt>{name}</dt>
                <dd class={typeof value === 'number' ? 'num' : 'text'}>
                  {typeof value === 'number' ? number(value, 4) : value}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {!isTraining(training) && step > 0 && training.parameters !== 'none' && (
        <p class="quiet remark" data-testid="training-parameters">
          <Icon name="info" />{' '}
          {training.parameters === 'trained'
            ? 'Run, Backward, Attention and Gradients use the trained parameters now; the switch above goes back to the initial ones.'
            : 'Run, Backward, Attention and Gradients use the initial parameters; the switch above goes to the trained ones.'}
        </p>
      )}
    </div>
  );
}

/** What ended it: above the curve, so that this is never believed without it. */
export function Failure({ training }: { readonly training: Training }) {
  const { problem } = training;
  if (problem === undefined) return null;
  return (
    <div class={`problem failure ${problem.severity}`} role="alert" data-testid="training-problem">
      <Icon name={problem.severity} />
      <div>
        <p class="message">
          {asSentence(problem.message)} <Place problem={problem} uri={training.uri} />
        </p>
        {problem.hint !== undefined && <p class="quiet">{problem.hint}</p>}
      </div>
    </div>
  );
}

function Place({ problem, uri }: { readonly problem: NonNullable<Training['problem']>; readonly uri: string }) {
  const { place } = problem;
  if (place === undefined) return null;
  const { start, end } = place.range;
  return (
    <button
      type="button"
      class="link"
      data-testid="training-problem-line"
      onClick={() =>
        editor.notify('revealSite', {
          file: place.file,
          line: start.line,
          character: start.character,
          endLine: end.line,
          endCharacter: end.character,
          preview: false,
        })
      }
    >
      {place.file === uri ? '' : `${fileName(place.file)}, `}line {start.line + 1}
    </button>
  );
}

/** How large the model is and what a run of it takes, in one line: as many facts as fit. */
import type { ComponentChildren } from 'preact';
import { bytes, count, duration, flops, integer } from '../../../extension/reading/numbers.ts';
import type { Scene } from '../../../extension/reading/scene.ts';

export function Facts({ scene }: { readonly scene: Scene }) {
  const { model } = scene.base;
  const { totals } = model;
  const executed = scene.values?.model;
  const tied = totals.parameters === totals.trainable ? '' : ` · ${integer(totals.trainable)} trainable`;
  return (
    <dl class="facts model-facts">
      <Fact
        name="parameters"
        title={`${integer(totals.parameters)} parameters${tied} · ${bytes(totals.parameterBytes)}`}
      >
        {count(totals.parameters)}
      </Fact>
      <Fact name="weights" title="Bytes of all parameters">
        {bytes(totals.parameterBytes)}
      </Fact>
      <Fact name="activations" title="Bytes of everything the forward run makes">
        {bytes(totals.activationBytes)}
      </Fact>
      <Fact
        name={model.complete ? 'forward' : 'so far'}
        title={`${integer(totals.flops)} floating-point operations in ${model.complete ? 'one forward run' : 'what ran before it stopped'}`}
      >
        {flops(totals.flops)}
      </Fact>
      {model.ran !== undefined && (
        <Fact
          name="operations kept"
          title={`${integer(model.ran)} operations ran; shown are the first ${integer(model.ops.length)}`}
        >
          {`${count(model.ops.length)} of ${count(model.ran)}`}
        </Fact>
      )}
      {executed?.totals.ms !== undefined && (
        <Fact name="time" title="Wall time of the executed run" stale={scene.outOfDate}>
          {duration(executed.totals.ms)}
        </Fact>
      )}
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly title: string;
  readonly stale?: boolean;
  readonly children: ComponentChildren;
}

function Fact({ name, title, stale = false, children }: FactProps) {
  return (
    <div class={stale ? 'fact stale' : 'fact'} title={title} data-testid={`fact-${name.replace(' ', '-')}`}>
      <dd class="num">{children}</dd>
      <dt>{name}</dt>
    </div>
  );
}

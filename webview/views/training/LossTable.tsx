/** The loss chart's numbers as a table: the same points, in reach of keyboard and screen reader. */

import type { LossCurve } from '../../../extension/protocol/training.ts';
import { integer, number } from '../../../extension/reading/numbers.ts';
import { stepsOf } from '../../charts/lossScale.ts';

interface Props {
  readonly curve: LossCurve;
  readonly step: number;
  readonly stale: boolean;
  /** Pixels there are for it. */
  readonly height: number;
}

export function LossTable({ curve, step, stale, height }: Props) {
  const spread = curve.width > 1;
  return (
    <section
      class={stale ? 'loss-table stale' : 'loss-table'}
      tabIndex={0}
      aria-label="Loss by step"
      style={{ maxHeight: `${height}px` }}
    >
      <table data-testid="loss-table">
        <thead>
          <tr>
            <th scope="col">{spread ? 'steps' : 'step'}</th>
            <th scope="col">{spread ? 'mean loss' : 'loss'}</th>
            {spread && <th scope="col">least</th>}
            {spread && <th scope="col">most</th>}
          </tr>
        </thead>
        <tbody class="num">
          {curve.mean.map((mean, point) => {
            const [first, last] = stepsOf(curve, point, step);
            return (
              <tr key={first}>
                <th scope="row">{first === last ? integer(first) : `${integer(first)} to ${integer(last)}`}</th>
                <td>{number(mean, 4)}</td>
                {spread && <td>{number(curve.min[point] ?? Number.NaN, 4)}</td>}
                {spread && <td>{number(curve.max[point] ?? Number.NaN, 4)}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

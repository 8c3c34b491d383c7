/** `[batch 2, seq 8, embed 64]`: numbers strong, names quiet. Where there is no room for the names, the numbers alone. */
import type { TensorRecord } from '../../core/trace/trace.ts';
import { axesOf, shapeText } from '../../extension/reading/axes.ts';
import { textWidth } from './textWidth.ts';

interface Props {
  readonly tensor: TensorRecord | undefined;
  /** Pixels there are for it; as many as it needs, by default. */
  readonly room?: number | undefined;
}

export function Shape({ tensor, room = Number.POSITIVE_INFINITY }: Props) {
  if (tensor === undefined) return null;
  const axes = axesOf(tensor);
  const named = room === Number.POSITIVE_INFINITY || textWidth(shapeText(tensor)) <= room;
  return (
    <span class="shape" title={`${tensor.dtype} ${shapeText(tensor)}`}>
      [
      {axes.map((axis, i) => (
        <>
          {i > 0 && ', '}
          {named && axis.name !== undefined && <span class="axis">{axis.name} </span>}
          <b>{axis.size}</b>
        </>
      ))}
      ]
    </span>
  );
}

/** Of ` +1`. */
const moreWidth = 24;

interface ShapesProps {
  readonly tensors: readonly (TensorRecord | undefined)[];
  readonly room?: number | undefined;
}

/** First shape of a value and how many more there are. */
export function Shapes({ tensors, room = Number.POSITIVE_INFINITY }: ShapesProps) {
  const [first] = tensors;
  if (first === undefined) return <span class="quiet">–</span>;
  return (
    <>
      <Shape tensor={first} room={tensors.length > 1 ? room - moreWidth : room} />
      {tensors.length > 1 && <span class="quiet"> +{tensors.length - 1}</span>}
    </>
  );
}

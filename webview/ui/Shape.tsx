/** `[batch 2, seq 8, embed 64]`: numbers strong, names quiet. */
import type { TensorRecord } from '../../core/trace/trace.ts';
import { axesOf, shapeText } from '../../extension/reading/axes.ts';

export function Shape({ tensor }: { readonly tensor: TensorRecord | undefined }) {
  if (tensor === undefined) return null;
  const axes = axesOf(tensor);
  return (
    <span class="shape" title={`${tensor.dtype} ${shapeText(tensor)}`}>
      [
      {axes.map((axis, i) => (
        <>
          {i > 0 && ', '}
          {axis.name !== undefined && <span class="axis">{axis.name} </span>}
          <b>{axis.size}</b>
        </>
      ))}
      ]
    </span>
  );
}

/** First shape of a value and how many more there are. */
export function Shapes({ tensors }: { readonly tensors: readonly (TensorRecord | undefined)[] }) {
  const [first] = tensors;
  if (first === undefined) return <span class="quiet">–</span>;
  return (
    <>
      <Shape tensor={first} />
      {tensors.length > 1 && <span class="quiet"> +{tensors.length - 1}</span>}
    </>
  );
}

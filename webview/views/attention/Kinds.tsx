/** What sort of attention a map is, as tags. */
import type { AttentionRecord } from '../../../core/trace/trace.ts';
import { type Role, roleOf } from '../../../extension/reading/attention.ts';
import type { RunOf } from '../../../extension/reading/scene.ts';

export const kindText: Readonly<Record<Role, string>> = {
  'encoder self': 'Encoder self',
  'decoder self': 'Decoder self',
  cross: 'Cross',
};

export function Kinds({ record, values }: { readonly record: AttentionRecord; readonly values: RunOf }) {
  return (
    <>
      <span class="tag kind">{kindText[roleOf(values.model, record)].toLowerCase()}</span>
      {record.over !== 'keys' && (
        <span class="tag" title="The softmax is not over the keys: the weights of one query do not sum to 1">
          {record.over === 'queries' ? 'normalised over queries' : 'not normalised over keys'}
        </span>
      )}
      {record.causal === true && (
        <span class="tag" title="Each query sees keys up to its own position only">
          causal
        </span>
      )}
    </>
  );
}

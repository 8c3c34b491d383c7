/**
 * Questions to the engine while drawing: `useAnswer` gives what is known now and draws again when the answer is there. The last
 * answer stays on the screen until the next one comes, so that nothing flickers; answers are kept, so that going back is instant.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import {
  checkAnswer,
  type Query,
  type QueryAnswer,
  type QueryName,
  type QueryParams,
} from '../extension/protocol/queries.ts';
import { editor } from './bridge.ts';
import { restored } from './persisted.ts';

export interface Answer<T> {
  readonly data?: T;
  /** `data` answers an earlier question; the present one is under way. */
  readonly pending: boolean;
  readonly error?: string;
}

const kept = new Map<string, unknown>();
const most = 400;

function keep(key: string, value: unknown): void {
  kept.delete(key);
  kept.set(key, value);
  if (kept.size > most) kept.delete(kept.keys().next().value ?? '');
}

const asking = new Map<string, Promise<unknown>>();

/** Asks once for equal questions, and remembers the answer. */
export function ask<Q extends QueryName>(question: Q, query: QueryParams<Q>): Promise<QueryAnswer<Q>> {
  const key = `${question} ${JSON.stringify(query)}`;
  if (kept.has(key)) return Promise.resolve(kept.get(key) as QueryAnswer<Q>);
  const going = asking.get(key) as Promise<QueryAnswer<Q>> | undefined;
  if (going !== undefined) return going;
  const promise = editor
    .request('ask', { name: question, params: query } as Query)
    .then((answer) => {
      const checked = checkAnswer(question, answer);
      keep(key, checked);
      return checked;
    })
    .finally(() => asking.delete(key));
  asking.set(key, promise);
  return promise;
}

/** `wanted` null: nothing to ask (yet). */
export function useAnswer<Q extends QueryName>(question: Q, wanted: QueryParams<Q> | null): Answer<QueryAnswer<Q>> {
  const query = restored.value ? null : wanted;
  const key = query === null ? '' : `${question} ${JSON.stringify(query)}`;
  const [answered, setAnswered] = useState<{ key: string; data?: QueryAnswer<Q>; error?: string }>({ key: '' });
  const latest = useRef(key);
  latest.current = key;
  useEffect(() => {
    if (query === null) return;
    ask(question, query).then(
      (data) => latest.current === key && setAnswered({ key, data }),
      (error: unknown) =>
        latest.current === key && setAnswered({ key, error: error instanceof Error ? error.message : String(error) }),
    );
  }, [key]);
  if (query === null) return { pending: false };
  if (kept.has(key)) return { data: kept.get(key) as QueryAnswer<Q>, pending: false };
  const pending = answered.key !== key;
  return {
    pending,
    ...(answered.data === undefined ? {} : { data: answered.data }),
    ...(answered.error === undefined || pending ? {} : { error: answered.error }),
  };
}

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
import { keyOf, recall, recallAny, remember } from './answers.ts';
import { editor } from './bridge.ts';
import { restored } from './persisted.ts';
import { endedRun } from './state.ts';

export interface Answer<T> {
  readonly data?: T;
  /** `data` answers an earlier question; the present one is under way. */
  readonly pending: boolean;
  /** Nobody can answer any more: the engine that held the run has ended. */
  readonly gone?: boolean;
  readonly error?: string;
}

/** Whether there is nobody to ask about a run: not yet, or not any more. */
export const unanswered = (run: number): boolean => restored.value || run === endedRun.value;

const asking = new Map<string, Promise<unknown>>();

/** Asks once for equal questions, and remembers the answer. */
export function ask<Q extends QueryName>(question: Q, query: QueryParams<Q>): Promise<QueryAnswer<Q>> {
  const known = recall(question, query);
  if (known !== undefined) return Promise.resolve(known);
  const key = keyOf(question, query);
  const going = asking.get(key) as Promise<QueryAnswer<Q>> | undefined;
  if (going !== undefined) return going;
  const promise = editor
    .request('ask', { name: question, params: query } as Query)
    .then((answer) => {
      const checked = checkAnswer(question, answer);
      remember(question, query, checked);
      return checked;
    })
    .finally(() => asking.delete(key));
  asking.set(key, promise);
  return promise;
}

/** `wanted` null: nothing to ask (yet). */
export function useAnswer<Q extends QueryName>(question: Q, wanted: QueryParams<Q> | null): Answer<QueryAnswer<Q>> {
  const query = wanted === null || unanswered(wanted.run) ? null : wanted;
  const key = query === null ? '' : keyOf(question, query);
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
  if (wanted === null) return { pending: false };
  if (query === null) {
    const left = recallAny(question, wanted);
    return left === undefined ? { pending: false, gone: !restored.value } : { data: left, pending: false };
  }
  const exact = recall(question, query);
  if (exact !== undefined) return { data: exact, pending: false };
  const pending = answered.key !== key;
  const data = pending ? (recallAny(question, query) ?? answered.data) : answered.data;
  return {
    pending,
    ...(data === undefined ? {} : { data }),
    ...(answered.error === undefined || pending ? {} : { error: answered.error }),
  };
}

/**
 * What the engine has answered, the last looked at last. The latest of it outlives the page: the pictures that are there at once when
 * the page is made anew, even where the engine that holds their tensors has ended.
 */
import { signal } from '@preact/signals';
import { nameNonFinite, reviveNonFinite } from '../extension/protocol/nonFinite.ts';
import {
  checkAnswer,
  type QueryAnswer,
  type QueryName,
  type QueryParams,
  queries,
} from '../extension/protocol/queries.ts';

/** An answer as text: what it is about, and what it says. */
export type KeptAnswer = readonly [subject: string, text: string];

interface Answered {
  readonly run: number;
  readonly subject: string;
  readonly answer: object;
}

/** By their whole question. */
const answered = new Map<string, Answered>();
const most = 400;
/** Characters of answers that outlive the page. */
const mostKept = 1_200_000;

/** Counts the answers that came. */
export const arrived = signal(0);

export const keyOf = <Q extends QueryName>(question: Q, params: QueryParams<Q>): string =>
  `${question} ${JSON.stringify(params)}`;

/** What a question is about, at whatever resolution. */
const subjectOf = <Q extends QueryName>(question: Q, params: QueryParams<Q>): string =>
  `${question} ${JSON.stringify(params, (name, value: unknown) => (/^max[A-Z]/.test(name) ? undefined : value))}`;

export function remember<Q extends QueryName>(question: Q, params: QueryParams<Q>, answer: QueryAnswer<Q>): void {
  put(keyOf(question, params), { run: params.run, subject: subjectOf(question, params), answer });
  arrived.value++;
}

function put(key: string, answer: Answered): void {
  answered.delete(key);
  answered.set(key, answer);
  if (answered.size > most) answered.delete(answered.keys().next().value ?? '');
}

/** The answer to this very question. */
export function recall<Q extends QueryName>(question: Q, params: QueryParams<Q>): QueryAnswer<Q> | undefined {
  const key = keyOf(question, params);
  const known = answered.get(key);
  if (known !== undefined) put(key, known);
  return known?.answer as QueryAnswer<Q> | undefined;
}

/** The same, at whatever resolution it was asked for last. */
export function recallAny<Q extends QueryName>(question: Q, params: QueryParams<Q>): QueryAnswer<Q> | undefined {
  const exact = recall(question, params);
  if (exact !== undefined) return exact;
  const subject = subjectOf(question, params);
  const alike = [...answered].findLast(([, each]) => each.subject === subject);
  if (alike !== undefined) put(...alike);
  return alike?.[1].answer as QueryAnswer<Q> | undefined;
}

/** Of these runs, what was looked at last, as far as there is room. */
export function answersToKeep(runs: readonly number[]): readonly KeptAnswer[] {
  const kept = new Map<string, string>();
  let room = mostKept;
  for (const { run, subject, answer } of [...answered.values()].reverse()) {
    if (!runs.includes(run) || kept.has(subject)) continue;
    const text = textOf(answer);
    if (text.length > room) continue;
    room -= text.length;
    kept.set(subject, text);
  }
  return [...kept].reverse();
}

/** Takes back what was kept; what another version of the page left and this one can't read is passed over. */
export function takeBack(kept: readonly KeptAnswer[]): void {
  for (const [subject, text] of kept) {
    const space = subject.indexOf(' ');
    const question = subject.slice(0, space);
    if (!Object.hasOwn(queries, question)) continue;
    try {
      const { run } = JSON.parse(subject.slice(space)) as { readonly run: number };
      const answer = checkAnswer(question as QueryName, reviveNonFinite(JSON.parse(text, revive)));
      put(subject, { run, subject, answer });
    } catch (error) {
      console.warn(`Tensight: a picture that was kept can't be read: ${String(error)}`);
    }
  }
}

const buffers = { $f32: Float32Array, $u8: Uint8Array } as const;
const texts = new WeakMap<object, string>();

/** JSON, with buffers as base64. */
function textOf(answer: object): string {
  let text = texts.get(answer);
  if (text === undefined) {
    text = JSON.stringify(nameNonFinite(answer), (_, value: unknown) => {
      for (const [name, Buffer] of Object.entries(buffers))
        if (value instanceof Buffer)
          return { [name]: base64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) };
      return value;
    });
    texts.set(answer, text);
  }
  return text;
}

function revive(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const [name, Buffer] of Object.entries(buffers)) {
    const text = (value as Record<string, unknown>)[name];
    if (typeof text === 'string') return new Buffer(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)).buffer);
  }
  return value;
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.length; from += 0x2000)
    text += String.fromCharCode(...bytes.subarray(from, from + 0x2000));
  return btoa(text);
}

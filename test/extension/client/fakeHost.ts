import type { Host } from '../../../extension/client/host.ts';
import type { FileState } from '../../../extension/protocol/server.ts';

/** A session that remembers what it was asked, and answers what a test says. */
export class FakeHost implements Host {
  readonly asked: [method: string, params: unknown][] = [];
  readonly ran: [layer: unknown, mode: string][] = [];
  readonly watched: (readonly string[])[] = [];
  readonly logged: string[] = [];
  /** By method. An Error is thrown. */
  readonly answers: Record<string, unknown> = {};
  runAnswer: unknown;
  trainings: unknown[] = [];
  state: FileState | undefined;
  readonly log = {
    info: (text: string) => void this.logged.push(text),
    warn: (text: string) => void this.logged.push(text),
    error: (text: string | Error) => void this.logged.push(String(text)),
    show: () => void this.logged.push('shown'),
  };
  ask: Host['ask'] = async (method, params) => {
    this.asked.push([method, params]);
    return answered(this.answers[method] ?? null) as never;
  };
  run: Host['run'] = async (layer, mode) => {
    this.ran.push([layer, mode]);
    return answered(this.runAnswer) as never;
  };
  watch: Host['watch'] = async (uris) => void this.watched.push([...uris]);
  trainingsOf: Host['trainingsOf'] = () => this.trainings as never;
  stateOf: Host['stateOf'] = () => this.state;
  restart: Host['restart'] = async () => void this.logged.push('restarted');
}

function answered(answer: unknown): unknown {
  if (answer instanceof Error) throw answer;
  return answer;
}

/**
 * What an engine's owner and its watch thread say to each other. The engine's own messages (engine.ts) pass through as bytes, unread: the
 * watch thread has to be small and quick, whatever the engine does.
 */
import type { SiteId } from '../../core/trace/trace.ts';

/** Where work is, and what it takes. */
export interface WorkState {
  readonly work: number;
  /** The expression being evaluated. */
  readonly site?: SiteId | undefined;
  /** The loop it has been in for long. */
  readonly loop?: { readonly site: SiteId; readonly rounds: number } | undefined;
  /** It has stopped as asked, and only writes down what it did. */
  readonly acknowledged: boolean;
  /** Bytes of memory of the whole process, shared buffers included. */
  readonly resident: number;
  /** Bytes of the engine's heap and of its buffers, touched or not, where the host can tell. */
  readonly heap?: number | undefined;
}

export type ToWatch =
  | { readonly to: 'engine'; readonly bytes: Uint8Array }
  | { readonly to: 'begin' | 'cancel' | 'finish'; readonly work: number };

export type FromWatch =
  | { readonly from: 'engine'; readonly bytes: Uint8Array }
  | { readonly from: 'state'; readonly state: WorkState }
  /** The last there is: the engine's thread is gone, and the process follows. */
  | { readonly from: 'end'; readonly kind: 'memory' | 'crashed' | 'ended'; readonly message: string };

/** What the watch thread hands to the engine: a message, or the memory they share for the work that follows. */
export type ToEngine = Uint8Array | SharedArrayBuffer;

/** How often the state of work is told, in milliseconds. */
export const stateEveryMs = 25;

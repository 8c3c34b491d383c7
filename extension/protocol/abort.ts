/**
 * Calls `act` once when `signal` fires, at once where it has fired already: what listens to a signal only from now on would never hear of
 * that. Returns what ends the listening.
 */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) {
    act();
    return () => {};
  }
  signal.addEventListener('abort', act, { once: true });
  return () => signal.removeEventListener('abort', act);
}

/** A text that is no TypeScript, and where. */
export class SourceSyntaxError extends Error {
  override name = 'SourceSyntaxError';
  constructor(
    message: string,
    readonly offset: number,
    readonly hint?: string,
  ) {
    super(message);
  }
}

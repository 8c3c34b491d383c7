/** What the JavaScript that runs models can do: it is the one that this runs in. */

let disposes: boolean | undefined;

/** Whether it knows `using` (ECMAScript 2026). */
export function canDispose(): boolean {
  disposes ??= isKnown('{ using nothing = null; }');
  return disposes;
}

/** Where code from text is not allowed that is no answer, and the engine has the last word. */
function isKnown(code: string): boolean {
  try {
    new Function(code);
    return true;
  } catch (error) {
    return !(error instanceof SyntaxError);
  }
}

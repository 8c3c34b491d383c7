/** A list of buttons as one Tab stop: the pressed one is in the tab order, arrow keys press its neighbours. */
export function pressByArrows(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const by = { ArrowDown: 1, ArrowUp: -1, Home: Number.NEGATIVE_INFINITY, End: Number.POSITIVE_INFINITY }[event.key];
  if (by === undefined) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('button[aria-pressed]')];
  const at = buttons.findIndex((button) => button.getAttribute('aria-pressed') === 'true');
  const next = buttons[Math.max(0, Math.min(buttons.length - 1, at + by))];
  event.preventDefault();
  next?.click();
  next?.focus();
}

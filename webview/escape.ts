/** Escape leads outwards: it clears a filter, closes what stands in front or beside, and then returns to the code. */
import { editor } from './bridge.ts';

/** Of a control that Escape stands for, where it is on the screen; the innermost first. */
const controls = ['filter', 'note', 'picture', 'page', 'detail'].map((name) => `[data-escape="${name}"]`);

export function listenToEscape(): void {
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    for (const control of controls) {
      const shown = document.querySelector<HTMLElement>(control);
      if (shown === null) continue;
      shown.click();
      return keepFocus();
    }
    editor.notify('leave', {});
  });
}

/** What had the focus may be gone with what was closed: then its list has it. */
function keepFocus(): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body && document.activeElement !== null) return;
    document.querySelector<HTMLElement>('.split [tabindex="0"]:is([role="row"], .thumb)')?.focus();
  });
}

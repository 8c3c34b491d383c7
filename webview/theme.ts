/** The editor's theme, as the page's body carries it. Canvases read `theme.value` and so repaint when it changes. */
import { signal } from '@preact/signals';
import { pack, type ThemeKind } from './charts/ramp.ts';

export interface Theme {
  readonly kind: ThemeKind;
  /** Grows with every change, also between two themes of one kind. */
  readonly version: number;
}

export const theme = signal<Theme>({ kind: 'dark', version: 0 });

function kindOf(body: HTMLElement): ThemeKind {
  const { classList } = body;
  if (classList.contains('vscode-high-contrast-light')) return 'high-contrast-light';
  if (classList.contains('vscode-high-contrast')) return 'high-contrast';
  return classList.contains('vscode-light') ? 'light' : 'dark';
}

export function watchTheme(): void {
  const read = (): void => {
    theme.value = { kind: kindOf(document.body), version: theme.peek().version + 1 };
  };
  const observer = new MutationObserver(read);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  // VS Code writes the theme's variables on the root element, in the same breath or just before.
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  read();
}

/** A theme colour as a canvas wants it, by the name of our own variable (`--mask`), resolved by the browser. */
function themeColour(name: string): string {
  const probe = document.getElementById('colour-probe') ?? addProbe();
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

function addProbe(): HTMLElement {
  const probe = document.createElement('span');
  probe.id = 'colour-probe';
  probe.hidden = true;
  document.body.append(probe);
  return probe;
}

export interface CellColours {
  readonly masked: number;
  readonly notANumber: number;
  readonly infinite: number;
  readonly hidden: number;
  readonly hatch: string;
}

export function cellColours(): CellColours {
  return {
    masked: pack(themeColour('--cell-masked')),
    notANumber: pack(themeColour('--cell-nan')),
    infinite: pack(themeColour('--cell-infinite')),
    hidden: pack(themeColour('--cell-hidden')),
    hatch: themeColour('--cell-hatch'),
  };
}

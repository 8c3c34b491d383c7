/** How wide a line of text is in the page's font. */
import { theme } from '../theme.ts';

/** By how much a bold digit is wider than another, at most. */
const boldDigit = 1.2;
const known = new Map<string, number>();
let context: CanvasRenderingContext2D | null | undefined;
let version = -1;

/** In pixels, with digits in the bold face: not less than it takes. */
export function textWidth(text: string): number {
  context ??= document.createElement('canvas').getContext('2d');
  if (context === null) return 0;
  if (version !== theme.peek().version) {
    version = theme.peek().version;
    const { fontSize, fontFamily } = getComputedStyle(document.body);
    context.font = `${fontSize} ${fontFamily}`;
    known.clear();
  }
  const before = known.get(text);
  if (before !== undefined) return before;
  const width = context.measureText(text).width + (text.match(/\d/g)?.length ?? 0) * boldDigit;
  known.set(text, width);
  return width;
}

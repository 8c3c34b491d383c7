import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Change, compare, shift } from '../../../extension/server/positions.ts';

const range = (a: number, b: number, line = 1) => ({ start: { line, character: a }, end: { line, character: b } });
const replace = (a: number, b: number, text: string, line = 1): Change => ({ range: range(a, b, line), text });

describe('a place in the text', () => {
  it('moves with what is typed before it on its line', () => {
    expect(shift(range(5, 8), replace(2, 2, 'ab'), false)).toEqual({ range: range(7, 10), touched: false });
  });

  it('moves down with a line that is inserted above it', () => {
    expect(shift(range(5, 8), replace(0, 0, '// note\n', 0), false)).toEqual({ range: range(5, 8, 2), touched: false });
  });

  it('goes to the end of the new text when its line is broken before it', () => {
    expect(shift(range(5, 8), replace(4, 4, '\n  '), false)).toEqual({ range: range(3, 6, 2), touched: false });
  });

  it('stays where it is when something is typed behind it', () => {
    expect(shift(range(5, 8), replace(8, 8, 'x'), false)).toEqual({ range: range(5, 8), touched: false });
  });

  it('grows with a name that is typed on, and is touched', () => {
    expect(shift(range(5, 6), replace(6, 6, 'idden = 1'), true)).toEqual({ range: range(5, 11), touched: true });
  });

  it('is touched by an edit inside it', () => {
    expect(shift(range(5, 20), replace(7, 9, 'z'), false)).toEqual({ range: range(5, 19), touched: true });
  });

  it('is gone when it is swallowed', () => {
    expect(shift(range(5, 8), replace(4, 9, ''), false)).toBeUndefined();
  });

  it('is still there when it is replaced as it stands', () => {
    expect(shift(range(5, 6), replace(5, 6, 'hidden'), true)).toEqual({ range: range(5, 11), touched: true });
  });

  it('keeps its text through any edit outside it', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b', '\n', ' '), maxLength: 12 });
    fc.assert(
      fc.property(line, line, line, line, fc.boolean(), (before, inside, after, insert, front) => {
        const mark = `<${inside}>`;
        const text = before + mark + after;
        const at = (offset: number) => {
          const lines = text.slice(0, offset).split('\n');
          return { line: lines.length - 1, character: lines.at(-1)!.length };
        };
        const place = { start: at(before.length), end: at(before.length + mark.length) };
        const change = front
          ? { range: { start: at(0), end: at(before.length) }, text: insert }
          : { range: { start: place.end, end: at(text.length) }, text: insert };
        const shifted = shift(place, change, false)!;
        const result = front ? insert + mark + after : before + mark + insert;
        const lines = result.split('\n');
        const offset = ({ line, character }: { line: number; character: number }) =>
          lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
        expect(result.slice(offset(shifted.range.start), offset(shifted.range.end))).toBe(mark);
        expect(shifted.touched).toBe(false);
        expect(compare(shifted.range.start, shifted.range.end)).toBeLessThan(0);
      }),
    );
  });
});

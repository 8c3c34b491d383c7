import { expect, it } from 'vitest';
import { printable, printableAll } from '../../../core/trace/printable.ts';

it('writes what a terminal would obey by its number, and keeps lines and tabs', () => {
  expect(printable('a\tb\nc\r\nd')).toBe('a\tb\nc\nd');
  expect(printable('\x1b[31mred\x1b]0;title\x07')).toBe('\\x1b[31mred\\x1b]0;title\\x07');
  expect(printable('50%\rdone\0\x7f\x9b2J\b')).toBe('50%\\x0ddone\\x00\\x7f\\x9b2J\\x08');
  expect(printable('\u202egnp.exe\u2066 \u2028')).toBe('\\u202egnp.exe\\u2066 \\u2028');
  expect(printable('Gewöhnliche Wörter, 日本語, 🙂, ∂L/∂x')).toBe('Gewöhnliche Wörter, 日本語, 🙂, ∂L/∂x');
});

it('leaves no control character, whichever it is', () => {
  const all = Array.from({ length: 0x2100 }, (_, i) => String.fromCharCode(i)).join('');
  expect(printable(all)).not.toMatch(/(?![\n\t])\p{Cc}|[\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
});

it('does so in every text of plain data, and copies nothing that is fine', () => {
  const fine = { shape: [1, 2], name: 'x' };
  const cleaned = printableAll({ a: [{ 'na\x1bme': 'b\0', n: 1 }, undefined, fine], data: new Float32Array(2) });
  expect(cleaned).toEqual({ a: [{ 'na\\x1bme': 'b\\x00', n: 1 }, undefined, fine], data: new Float32Array(2) });
  expect(cleaned.a[2]).toBe(fine);
});

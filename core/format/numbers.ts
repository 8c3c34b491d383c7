/**
 * Every number that a person reads is written here, in errors as on the screen: three significant digits, a real minus sign, thousands set apart, and one
 * spelling for what is not a number. Units are part of the text, so nothing is shown without one where it has one.
 */

const minus = '−';
const superscript = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

function signed(text: string): string {
  return text.replace('-', minus);
}

/** Three significant digits: `0.123`, `12.3`, `1,230`, `1.2·10⁻⁷`; `NaN`, `∞`, `−∞`. */
export function number(x: number, digits = 3): string {
  if (Number.isNaN(x)) return 'NaN';
  if (!Number.isFinite(x)) return x > 0 ? '∞' : `${minus}∞`;
  if (x === 0) return '0';
  const size = Math.abs(x);
  if (size >= 1e6 || size < 1e-4) return scientific(x, digits);
  if (Number.isInteger(x)) return integer(x);
  if (size >= 10 ** digits) return integer(Math.round(x));
  return signed(String(Number(x.toPrecision(digits))));
}

/** `1.23·10⁻⁷`. */
export function scientific(x: number, digits = 3): string {
  if (x === 0 || !Number.isFinite(x)) return number(x);
  const [mantissa = '', exponent = ''] = x.toExponential(digits - 1).split('e');
  return `${signed(String(Number(mantissa)))}·${powerOfTen(Number(exponent))}`;
}

/** `10⁻⁷`. */
export function powerOfTen(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => superscript[Number(digit)]).join('');
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/** `12,345`. */
export function integer(x: number): string {
  return signed(String(x).replace(/\B(?=(\d{3})+(?!\d))/g, ','));
}

const steps = ['', 'k', 'M', 'B', 'T'];
const flopSteps = ['', 'k', 'M', 'G', 'T', 'P'];
const byteSteps = ['B', 'KB', 'MB', 'GB', 'TB'];

function scaled(x: number, base: number, units: readonly string[]): string {
  if (!Number.isFinite(x)) return number(x);
  let step = 0;
  let rest = x;
  while (Math.abs(rest) >= base && step < units.length - 1) {
    rest /= base;
    step++;
  }
  // 999.9 k rounds up into the next unit.
  let text =
    step === 0
      ? String(Math.round(rest * 100) / 100)
      : String(rest >= 1000 ? Math.round(rest) : Number(rest.toPrecision(3)));
  if (Number(text) >= base && step < units.length - 1) {
    text = '1';
    step++;
  }
  const unit = units[step] ?? '';
  return unit === '' ? signed(text) : `${signed(text)} ${unit}`;
}

/** How many: `512`, `108 k`, `1.23 M`, `175 B`. */
export const count = (x: number): string => scaled(x, 1000, steps);
/** Floating-point operations: `2.1 GFLOPs`. */
export const flops = (x: number): string => `${scaledUnit(x)}FLOPs`;
/** The same where the unit stands in the column's head: `2.1 G`. */
export const flopCount = (x: number): string => scaled(x, 1000, flopSteps);
/** `4 KB`, in units of 1,024. */
export const bytes = (x: number): string => scaled(x, 1024, byteSteps);

function scaledUnit(x: number): string {
  const text = flopCount(x);
  return text.includes(' ') ? text : `${text} `;
}

/** A duration: `12 µs`, `1.23 ms`, `4.5 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (!(ms >= 0)) return number(ms);
  if (ms === 0) return '0 ms';
  if (ms < 0.1) return `${Number((ms * 1000).toPrecision(2))} µs`;
  if (ms < 1000) return `${Number(ms.toPrecision(3))} ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toPrecision(3))} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** A part of a whole: `12 %`, `< 0.1 %`, and `100 %` only for all of it. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (100 * part) / whole;
  if (part > 0 && percent < 0.1) return '< 0.1 %';
  if (part < whole && percent > 99.9) return '> 99.9 %';
  return `${Number(percent.toPrecision(percent >= 10 ? 3 : 2))} %`;
}

/** `12:04`. */
export function clock(epoch: number): string {
  const at = new Date(epoch);
  return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
}

/** `1 layer`, `2 layers`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${integer(n)} ${n === 1 ? one : many}`;
}

/** `1st`, `22nd`, `13th`. */
export function ordinal(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  const ending = teen ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${integer(n)}${ending}`;
}

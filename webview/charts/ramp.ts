/**
 * Colours of a heat map: 256 steps, looked up by a cell's place in the range. One family for every theme (yellow–green–blue
 * for magnitudes, blue–neutral–orange for signed values; both tell apart without red against green), turned so that nothing
 * lies close to the background: zero is dark on dark and light on light.
 */

import { interpolateYlGnBu } from 'd3-scale-chromatic';
import { parseColour, piecewise } from './colour.ts';

export type ThemeKind = 'dark' | 'light' | 'high-contrast' | 'high-contrast-light';
export type RampKind = 'sequential' | 'diverging';

/** Packed as a canvas wants them: bytes r, g, b, a in memory order. */
export type Ramp = Uint32Array;

const steps = 256;

const isDark = (theme: ThemeKind): boolean => theme === 'dark' || theme === 'high-contrast';

/** A colour of the ramp at `t` from 0 to 1, as CSS. */
export function rampColour(kind: RampKind, theme: ThemeKind, t: number): string {
  if (kind === 'sequential') return isDark(theme) ? darkSequential(t) : interpolateYlGnBu(t);
  return isDark(theme) ? darkDiverging(t) : lightDiverging(t);
}

const darkSequential = piecewise(['#101a36', '#17386b', '#20659a', '#2e9aac', '#68c5a6', '#c3e6a3', '#fffbd0']);
const darkDiverging = piecewise(['#9bd8ff', '#3f9be0', '#1f4f80', '#22262c', '#7d4517', '#e08a35', '#ffd9a0']);
const lightDiverging = piecewise(['#0b4a86', '#3f8fc9', '#a9d1ea', '#f7f7f7', '#f6cfa5', '#d9822b', '#8a4208']);

const ramps = new Map<string, Ramp>();

export function rampOf(kind: RampKind, theme: ThemeKind): Ramp {
  const name = `${kind} ${isDark(theme)}`;
  let ramp = ramps.get(name);
  if (ramp === undefined) {
    ramp = Uint32Array.from({ length: steps }, (_, i) => pack(rampColour(kind, theme, i / (steps - 1))));
    ramps.set(name, ramp);
  }
  return ramp;
}

/** `#rrggbb`, `rgb(r, g, b)` → bytes r, g, b, 255 in memory (little-endian, as every machine we run on). */
export function pack(colour: string): number {
  const [r, g, b] = parseColour(colour);
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

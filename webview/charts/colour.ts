/** Colours between colours: straight lines in RGB between evenly spaced stops. */

/** Reads `#rgb`, `#rrggbb`, `rgb(…)` or `rgba(…)`; grey where it is none of them. */
export function parseColour(colour: string): readonly [number, number, number] {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})([0-9a-f]{2})?$/i.exec(colour.trim())?.[1];
  if (hex !== undefined) {
    const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex;
    const bits = Number.parseInt(full, 16);
    return [bits >> 16, (bits >> 8) & 255, bits & 255];
  }
  const parts =
    /^rgba?\(([^)]+)\)$/
      .exec(colour.trim())?.[1]
      ?.split(/[\s,/]+/)
      .map(Number) ?? [];
  const [r = 128, g = 128, b = 128] = parts;
  return [Math.round(r), Math.round(g), Math.round(b)];
}

/** A scale through the stops, from 0 to 1. */
export function piecewise(stops: readonly string[]): (t: number) => string {
  const colours = stops.map(parseColour);
  return (t) => {
    const at = Math.min(1, Math.max(0, t)) * (colours.length - 1);
    const i = Math.min(colours.length - 2, Math.floor(at));
    const low = colours[i] ?? [0, 0, 0];
    const high = colours[i + 1] ?? low;
    const mix = (channel: 0 | 1 | 2): number => Math.round(low[channel] + (high[channel] - low[channel]) * (at - i));
    return `rgb(${mix(0)}, ${mix(1)}, ${mix(2)})`;
  };
}

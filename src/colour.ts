/*
 * Colours that can be read. Somebody's colour may be anything, so that it is made darker or lighter, in its hue, until
 * text in it can be read where the stylesheet puts it.
 */

/** What lies behind text in templates/assets/style.css: its `--page` and `--raised`. */
const BACKGROUNDS = { light: ["#ffffff", "#f3f6f5"], dark: ["#14181a", "#1d2426"] } as const;

/** WCAG 2.2 (1.4.3) asks for 4.5 of text. In the dark a colour that is just readable looks dirty. */
const LEAST_CONTRAST = { light: 4.6, dark: 7 } as const;
const STEPS = 50;
/** A colour that is as vivid on black as on white glares. */
const VIVIDNESS_IN_THE_DARK = 0.7;

/** A colour as it can be read on a light and on a dark page, as `#rrggbb`. */
export function accentColours(accent: string): { readonly light: string; readonly dark: string } {
  return {
    light: readable(accent, "light"),
    dark: readable(accent, "dark"),
  };
}

function readable(colour: string, scheme: keyof typeof BACKGROUNDS): string {
  const isEnough = (found: string) =>
    BACKGROUNDS[scheme].every((background) => contrast(found, background) >= LEAST_CONTRAST[scheme]);
  const given = hex(channels(colour));
  if (isEnough(given)) return given;
  const { hue, saturation, lightness } = hslOf(channels(colour));
  const [end, vividness] = scheme === "light" ? [0, 1] : [1, VIVIDNESS_IN_THE_DARK];
  for (let step = 1; step < STEPS; step++) {
    const moved = lightness + ((end - lightness) * step) / STEPS;
    const found = hex(channelsOf({ hue, saturation: saturation * vividness, lightness: moved }));
    if (isEnough(found)) return found;
  }
  return scheme === "light" ? "#000000" : "#ffffff";
}

/** The contrast of two colours (`#rrggbb` or `#rgb`) as WCAG 2.2 computes it: 1 to 21. */
export function contrast(a: string, b: string): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Red, green and blue of `#rrggbb` or `#rgb`, 0 to 255. */
export function channels(colour: string): number[] {
  const digits = colour.slice(1);
  const width = digits.length / 3;
  return [0, 1, 2].map((index) => {
    const part = digits.slice(index * width, (index + 1) * width);
    return Number.parseInt(width === 1 ? part + part : part, 16);
  });
}

function hex(colour: readonly number[]): string {
  return `#${colour.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** Hue in sixths of the circle, the others 0 to 1 (CSS Color 4, section 7). */
interface Hsl {
  readonly hue: number;
  readonly saturation: number;
  readonly lightness: number;
}

function hslOf(colour: readonly number[]): Hsl {
  const [red = 0, green = 0, blue = 0] = colour.map((value) => value / 255);
  const [least, most] = [Math.min(red, green, blue), Math.max(red, green, blue)];
  const [range, lightness] = [most - least, (most + least) / 2];
  if (range === 0) return { hue: 0, saturation: 0, lightness };
  const saturation = range / (1 - Math.abs(2 * lightness - 1));
  if (most === red) return { hue: ((green - blue) / range + 6) % 6, saturation, lightness };
  const hue = most === green ? (blue - red) / range + 2 : (red - green) / range + 4;
  return { hue, saturation, lightness };
}

function channelsOf({ hue, saturation, lightness }: Hsl): number[] {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  return [0, 8, 4].map((offset) => {
    const place = (offset + hue * 2) % 12;
    return Math.round((lightness - reach * Math.max(-1, Math.min(place - 3, 9 - place, 1))) * 255);
  });
}

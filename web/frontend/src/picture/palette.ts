/** The colours of a cover as the page uses them: two hues in degrees of OKLCH, and how vivid they may be (0 grey, 1 full). */
export interface Palette {
  first: number;
  second: number;
  vivid: number;
}

const SIDE = 48;
const BINS = 36;
const DEGREES = 360 / BINS;
/** Hues nearer than this are one colour to the eye. */
const APART_BINS = 6;
/** A cover of one colour gets its second one so far away. */
const STEP_BINS = 4;

/** Finds the palette of an image that has loaded. Lightness is left out: the page sets its own, so that text stays readable on any cover. */
export function paletteOf(image: HTMLImageElement): Palette | null {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return null;
  context.imageSmoothingEnabled = false; // a blend of two colours is neither
  context.drawImage(image, 0, 0, SIDE, SIDE);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  const weights = new Float64Array(BINS);
  let chromas = 0;
  for (let at = 0; at < data.length; at += 4) {
    const { chroma, hue } = hueAndChroma(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0);
    const bin = Math.floor(hue / DEGREES) % BINS;
    weights[bin] = (weights[bin] ?? 0) + chroma;
    chromas += chroma;
  }
  return chosen(smoothed(weights), chromas / (SIDE * SIDE));
}

function chosen(weights: Float64Array, meanChroma: number): Palette {
  const first = heaviest(weights, () => true);
  const distant = heaviest(weights, (bin) => Math.min((bin - first + BINS) % BINS, (first - bin + BINS) % BINS) >= APART_BINS);
  const second = (weights[distant] ?? 0) > 0.08 * (weights[first] ?? 0) ? distant : first + STEP_BINS;
  return {
    first: (first + 0.5) * DEGREES,
    second: ((second + 0.5) * DEGREES) % 360,
    vivid: Math.min(1, meanChroma / 0.06),
  };
}

function heaviest(weights: Float64Array, allowed: (bin: number) => boolean): number {
  let best = -1;
  for (let bin = 0; bin < BINS; bin++) {
    if (allowed(bin) && (best < 0 || (weights[bin] ?? 0) > (weights[best] ?? 0))) best = bin;
  }
  return best;
}

function smoothed(weights: Float64Array): Float64Array {
  return weights.map((weight, bin) => weight + 0.5 * ((weights[(bin + 1) % BINS] ?? 0) + (weights[(bin + BINS - 1) % BINS] ?? 0)));
}

/** sRGB bytes to OKLab's chroma and hue (Björn Ottosson, 2020). */
function hueAndChroma(red: number, green: number, blue: number): { chroma: number; hue: number } {
  const r = linear(red);
  const g = linear(green);
  const b = linear(blue);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const bb = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return { chroma: Math.hypot(a, bb), hue: ((Math.atan2(bb, a) * 180) / Math.PI + 360) % 360 };
}

function linear(byte: number): number {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

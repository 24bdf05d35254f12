import { BANDS } from "../station/spectra";

/** What the painter asks of the page's style: numbers of OKLCH, read from custom properties. */
export interface Paint {
  light: number;
  chroma: number;
  first: number;
  second: number;
}

// Of 0..1, which is -90..0 dBFS: what lies below is the bottom line, what lies above touches the top.
const LOWEST = 0.26;
const HIGHEST = 0.88;
const FALL_A_SECOND = 1.6; // of full height: what is shown sinks so when no frame says otherwise
const BAR_OF_PITCH = 0.56;
const STOPS = 8;

const BEAT_LINE = 2; // pixels high

/** Draws 64 bands as slim bars on a base line that lights up on the beat, each with the mark of its last peak. Knows nothing of sound or
 * time but what it is told. */
export class SpectrumPainter {
  readonly #context: CanvasRenderingContext2D;
  readonly #shown = new Float32Array(2 * BANDS);
  #gradient: CanvasGradient | null = null;
  #width = 0;
  #height = 0;
  #scale = 1;

  constructor(private readonly canvas: HTMLCanvasElement) {
    this.#context = canvas.getContext("2d") as CanvasRenderingContext2D;
  }

  /** The canvas measures `width` x `height` CSS pixels, `scale` device pixels each. */
  resize(width: number, height: number, scale: number): void {
    this.#width = width;
    this.#height = height;
    this.#scale = scale;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    this.#gradient = null;
  }

  colour(paint: Paint): void {
    const turn = ((paint.second - paint.first + 540) % 360) - 180; // the short way round
    const gradient = this.#context.createLinearGradient(0, 0, this.#width, 0);
    for (let stop = 0; stop <= STOPS; stop++) {
      const share = stop / STOPS;
      gradient.addColorStop(share, `oklch(${paint.light} ${paint.chroma} ${(paint.first + turn * share + 360) % 360})`);
    }
    this.#gradient = gradient;
  }

  /** True when there is no gradient: ask for `colour` first. */
  get colourless(): boolean {
    return this.#gradient === null;
  }

  /** Draws `levels` (64 bands, 64 peaks, 0..1), or lets what is shown sink if there are none, over a base line of that `light` (0..1).
   * Returns whether anything is left to see. */
  paint(levels: Float32Array | null, sinceMs: number, light = 0): boolean {
    let highest = 0;
    const fall = (FALL_A_SECOND * sinceMs) / 1000;
    for (let band = 0; band < 2 * BANDS; band++) {
      const value = levels === null ? Math.max(0, (this.#shown[band] ?? 0) - fall) : heightOf(levels[band] ?? 0);
      this.#shown[band] = value;
      highest = Math.max(highest, value);
    }
    this.#draw(light);
    return highest > 0 || light > 0;
  }

  #draw(light: number): void {
    const context = this.#context;
    const pitch = this.#width / BANDS;
    const bar = Math.max(1.5, Math.min(14, pitch * BAR_OF_PITCH));
    context.setTransform(this.#scale, 0, 0, this.#scale, 0, 0);
    context.clearRect(0, 0, this.#width, this.#height);
    if (this.#gradient === null) return;
    context.fillStyle = this.#gradient;
    context.globalAlpha = light;
    context.fillRect(0, this.#height - BEAT_LINE, this.#width, BEAT_LINE);
    context.globalAlpha = 1;
    context.beginPath();
    for (let band = 0; band < BANDS; band++) {
      const height = Math.max(1.5, (this.#shown[band] ?? 0) * (this.#height - 6));
      const x = (band + 0.5) * pitch - bar / 2;
      context.roundRect(x, this.#height - height, bar, height, [bar / 2, bar / 2, 0, 0]);
    }
    context.fill();
    context.globalAlpha = 0.55;
    context.beginPath();
    for (let band = 0; band < BANDS; band++) {
      const peak = this.#shown[BANDS + band] ?? 0;
      if (peak <= 0.02) continue;
      const y = this.#height - 4 - peak * (this.#height - 6);
      context.roundRect((band + 0.5) * pitch - bar / 2, y, bar, 2, 1);
    }
    context.fill();
  }
}

function heightOf(level: number): number {
  return Math.min(1, Math.max(0, (level - LOWEST) / (HIGHEST - LOWEST)));
}

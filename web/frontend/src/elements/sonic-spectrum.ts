import { LitElement, css, html, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";

import type { Palette } from "../picture/palette";
import { SpectrumPainter } from "../picture/spectrum-painter";
import type { Pulse } from "../station/beats";
import { BANDS, type Spectra } from "../station/spectra";

const SHARPEST = 2; // device pixels a CSS pixel: more is not seen and costs

// How bright the base line is at a beat and at the one of a bar, and how fast it darkens, in e-folds a beat.
const BEAT_LIGHT = 0.45;
const ONE_LIGHT = 0.9;
const DARKENING = 4;

/** The spectrum of what is heard and its beat, redrawn with the screen. Whoever wants no motion sees a quiet line. */
@customElement("sonic-spectrum")
export class SonicSpectrum extends LitElement {
  @property({ attribute: false }) spectra: Spectra | null = null;
  @property({ attribute: false }) heard: () => number | null = () => null;
  @property({ attribute: false }) pulseAt: (position: number) => Pulse | null = () => null;
  @property({ attribute: false }) palette: Palette | null = null;
  @property({ type: Boolean, reflect: true }) dim = false;
  @query("canvas") private readonly canvas!: HTMLCanvasElement;

  #painter: SpectrumPainter | null = null;
  #request = 0;
  #paintedAtMs = 0;
  readonly #levels = new Float32Array(2 * BANDS);
  readonly #still = matchMedia("(prefers-reduced-motion: reduce)");
  readonly #light = matchMedia("(prefers-color-scheme: light)");
  readonly #watch = new ResizeObserver(() => this.#resize());

  override connectedCallback(): void {
    super.connectedCallback();
    this.#light.addEventListener("change", this.#resize);
    if (this.hasUpdated) this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    cancelAnimationFrame(this.#request);
    this.#watch.disconnect();
    this.#light.removeEventListener("change", this.#resize);
  }

  protected override firstUpdated(): void {
    this.#painter = new SpectrumPainter(this.canvas);
    this.#begin();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("palette")) this.#colour();
  }

  protected override render(): TemplateResult {
    return html`<canvas aria-hidden="true"></canvas>`;
  }

  #begin(): void {
    this.#watch.observe(this);
    this.#request = requestAnimationFrame(this.#tick);
  }

  readonly #tick = (nowMs: number): void => {
    this.#request = requestAnimationFrame(this.#tick);
    const heard = this.#still.matches ? null : this.heard();
    const near = heard !== null && (this.spectra?.at(heard, this.#levels) ?? false);
    const pulse = near ? this.pulseAt(heard) : null; // nothing beats where nothing sounds
    this.#painter?.paint(near ? this.#levels : null, Math.min(100, nowMs - this.#paintedAtMs), pulse === null ? 0 : lightOf(pulse));
    this.#paintedAtMs = nowMs;
  };

  readonly #resize = (): void => {
    this.#painter?.resize(this.clientWidth, this.clientHeight, Math.min(SHARPEST, devicePixelRatio));
    this.#colour();
  };

  #colour(): void {
    const style = getComputedStyle(this);
    const number = (name: string): number => Number.parseFloat(style.getPropertyValue(name)) || 0;
    const palette = this.palette ?? { first: number("--hue-first"), second: number("--hue-second"), vivid: number("--vivid") };
    this.#painter?.colour({
      light: number("--spectrum-light"),
      chroma: number("--spectrum-chroma") * palette.vivid,
      first: palette.first,
      second: palette.second,
    });
  }

  static override styles = css`
    :host {
      display: block;
      transition: opacity 0.8s ease;
      mask-image: linear-gradient(to top, rgb(0 0 0 / 0.5), #000 55%);
    }
    :host([dim]) {
      opacity: 0.45;
    }
    canvas {
      display: block;
      width: 100%;
      height: 100%;
    }
  `;
}

function lightOf({ phase, number }: Pulse): number {
  return (number === 0 ? ONE_LIGHT : BEAT_LIGHT) * Math.exp(-DARKENING * phase);
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-spectrum": SonicSpectrum;
  }
}

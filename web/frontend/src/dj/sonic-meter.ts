import { LitElement, css, html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Loudness } from "../station/messages";

const LOWEST = -48;
const HIGHEST = 0;
const CEILING_DBTP = -0.5;

/** The station's meters: loudness of the moment, of three seconds and of the whole, true peak, and what the limiter takes. */
@customElement("sonic-meter")
export class SonicMeter extends LitElement {
  @property({ attribute: false }) levels: Loudness | null = null;

  protected override render(): TemplateResult {
    const { levels } = this;
    return html`
      ${this.#bar("Loudness", levels?.momentary_lufs ?? null, "LUFS")} ${this.#bar("True peak", levels?.true_peak_dbtp ?? null, "dBTP")}
      <dl>
        <div><dt>3 seconds</dt><dd>${written(levels?.short_term_lufs)} LUFS</dd></div>
        <div><dt>Whole</dt><dd>${written(levels?.integrated_lufs)} LUFS</dd></div>
        <div><dt>Limiter</dt><dd>${levels === null ? "–" : `−${levels.gain_reduction_db.toFixed(1)}`} dB</dd></div>
      </dl>
    `;
  }

  #bar(name: string, value: number | null, unit: string): TemplateResult {
    return html`<div class="row" ?data-hot=${unit === "dBTP" && value !== null && value > CEILING_DBTP}>
      <span>${name}</span>
      <div class="bar" role="meter" aria-label=${name} aria-valuemin=${LOWEST} aria-valuemax=${HIGHEST} aria-valuenow=${value ?? LOWEST}
        aria-valuetext=${`${written(value)} ${unit}`}><div></div></div>
      <span class="value">${written(value)} <small>${unit}</small></span>
    </div>`;
  }

  protected override updated(): void {
    const shares = [this.levels?.momentary_lufs, this.levels?.true_peak_dbtp].map((value) =>
      value === undefined ? 0 : Math.min(1, Math.max(0, (value - LOWEST) / (HIGHEST - LOWEST))),
    );
    this.renderRoot.querySelectorAll<HTMLElement>(".bar > div").forEach((bar, at) => bar.style.setProperty("--share", String(shares[at])));
  }

  static override styles = css`
    :host {
      display: grid;
      gap: 0.55rem;
      font-size: 0.875rem;
      font-variant-numeric: tabular-nums;
    }
    .row {
      display: grid;
      grid-template-columns: 5rem minmax(0, 1fr) 6.5rem;
      align-items: center;
      gap: 0.9rem;
      color: var(--ink-soft);
    }
    .value {
      text-align: right;
      color: var(--ink);
    }
    small {
      color: var(--ink-faint);
      font-size: 0.8125rem;
    }
    .bar {
      height: 0.5rem;
      border-radius: 0.25rem;
      background: var(--line);
      overflow: hidden;
    }
    .bar > div {
      height: 100%;
      border-radius: inherit;
      background: var(--accent);
      transform-origin: left;
      transform: scaleX(var(--share, 0));
      transition: transform 0.25s ease-out;
    }
    [data-hot] .bar > div {
      background: var(--alert);
    }
    dl {
      display: flex;
      flex-wrap: wrap;
      gap: 0.25rem 1.5rem;
      margin: 0.2rem 0 0;
      color: var(--ink-faint);
    }
    dl div {
      display: flex;
      gap: 0.45rem;
    }
    dd {
      margin: 0;
      color: var(--ink-soft);
    }
    @media (prefers-reduced-motion: reduce) {
      .bar > div {
        transition: none;
      }
    }
  `;
}

function written(value: number | null | undefined): string {
  return value === null || value === undefined || value <= -70 ? "–" : value.toFixed(1).replace("-", "−");
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-meter": SonicMeter;
  }
}

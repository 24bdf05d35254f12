import { LitElement, css, html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Loudness } from "../station/messages";

const MOST_DB = 12;
const NAMES = ["Bass", "Low mids", "High mids", "Highs"];

/** What mastering does now: what each compressor and the limiter take, from the right as on a studio's meter, and the servo's gain. */
@customElement("sonic-bands")
export class SonicBands extends LitElement {
  @property({ attribute: false }) levels: Loudness | null = null;

  protected override render(): TemplateResult {
    const { levels } = this;
    const bands = NAMES.map((name, at) => this.#bar(name, levels?.band_reductions_db[at] ?? 0));
    return html`
      ${bands} ${this.#bar("Limiter", levels?.gain_reduction_db ?? 0)}
      <dl>
        <div><dt>Loudness servo</dt><dd>${levels === null ? "–" : signed(levels.servo_gain_db)} dB</dd></div>
        <div><dt>Range</dt><dd>${levels === null || levels.range_lu === 0 ? "–" : levels.range_lu.toFixed(1)} LU</dd></div>
      </dl>
    `;
  }

  #bar(name: string, reduction: number): TemplateResult {
    return html`<div class="row">
      <span>${name}</span>
      <div class="bar" role="meter" aria-label=${`${name}, gain reduction`} aria-valuemin="0" aria-valuemax=${MOST_DB} aria-valuenow=${Math.min(MOST_DB, reduction).toFixed(1)}
        aria-valuetext=${`${reduction.toFixed(1)} dB`}><div></div></div>
      <span class="value">${signed(-reduction)} <small>dB</small></span>
    </div>`;
  }

  protected override updated(): void {
    const taken = [...NAMES.map((_, at) => this.levels?.band_reductions_db[at] ?? 0), this.levels?.gain_reduction_db ?? 0];
    this.renderRoot.querySelectorAll<HTMLElement>(".bar > div").forEach((bar, at) => bar.style.setProperty("--share", String(Math.min(1, (taken[at] ?? 0) / MOST_DB))));
  }

  static override styles = css`
    :host {
      display: grid;
      gap: 0.45rem;
      font-size: 0.875rem;
      font-variant-numeric: tabular-nums;
    }
    .row {
      display: grid;
      grid-template-columns: 5rem minmax(0, 1fr) 5.5rem;
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
      background: var(--accent);
      transform-origin: right;
      transform: scaleX(var(--share, 0));
      transition: transform 0.25s ease-out;
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

function signed(db: number): string {
  return `${db < -0.05 ? "−" : db > 0.05 ? "+" : ""}${Math.abs(db).toFixed(1)}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-bands": SonicBands;
  }
}

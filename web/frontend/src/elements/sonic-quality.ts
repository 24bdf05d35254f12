import { LitElement, css, html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Rung } from "../sound/stream";
import { control } from "./control.styles";

/** Which encoding to hear. Says `quality`: a bitrate, or null for whatever the line carries. */
@customElement("sonic-quality")
export class SonicQuality extends LitElement {
  @property({ attribute: false }) rungs: readonly Rung[] = [];
  @property({ attribute: false }) playing: Rung | null = null;
  @property({ attribute: false }) preferred: number | null = null;

  protected override render(): TemplateResult {
    const steps = this.rungs.map(({ bitrate }) => kilobits(bitrate)).sort((a, b) => b - a);
    const preferred = this.preferred === null ? null : nearest(steps, kilobits(this.preferred));
    const auto = this.playing !== null && preferred === null ? `Auto ${kilobits(this.playing.bitrate)}` : "Auto";
    return html`
      <select aria-label="Sound quality" ?disabled=${steps.length === 0} @change=${this.#chosen}>
        <option value="" ?selected=${preferred === null}>${auto}</option>
        ${steps.map((step) => html`<option value=${step} ?selected=${step === preferred}>${step} kbit/s</option>`)}
      </select>
    `;
  }

  readonly #chosen = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    this.dispatchEvent(new CustomEvent<number | null>("quality", { detail: value === "" ? null : Number(value) * 1000 }));
  };

  static override styles = [
    control,
    css`
      select {
        appearance: none;
        height: 2.75rem;
        padding: 0 2rem 0 1rem;
        border: 1px solid var(--line);
        border-radius: 1.375rem;
        background:
          linear-gradient(45deg, transparent 50%, currentColor 50%) calc(100% - 18px) 52% / 5px 5px no-repeat,
          linear-gradient(-45deg, transparent 50%, currentColor 50%) calc(100% - 13px) 52% / 5px 5px no-repeat;
        color: var(--ink-soft);
        font-size: 0.875rem;
        font-variant-numeric: tabular-nums;
        cursor: pointer;
      }
      select:hover:not(:disabled) {
        color: var(--ink);
        background-color: var(--raised);
      }
      select:disabled {
        cursor: default;
      }
      option {
        background: var(--ground);
        color: var(--ink);
      }
    `,
  ];
}

const STEPS = [64, 128, 192, 320];

/** The name of a rung: what was measured of it differs by a few per cent. */
function kilobits(bitrate: number): number {
  const measured = bitrate / 1000;
  const step = nearest(STEPS, measured);
  return step !== null && Math.abs(step - measured) < 0.2 * step ? step : Math.round(measured);
}

function nearest(steps: readonly number[], value: number): number | null {
  return steps.reduce<number | null>((best, step) => (best === null || Math.abs(step - value) < Math.abs(best - value) ? step : best), null);
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-quality": SonicQuality;
  }
}

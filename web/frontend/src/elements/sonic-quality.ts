import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Quality, Rung, Way } from "../sound/stream";
import { WhepStream } from "../sound/whep-stream";
import { control } from "./control.styles";

/** Which encoding to hear, and which one is heard. Says `quality`: a bitrate, `live`, or null for whatever the line carries. */
@customElement("sonic-quality")
export class SonicQuality extends LitElement {
  @property({ attribute: false }) rungs: readonly Rung[] = [];
  @property({ attribute: false }) playing: Rung | null = null;
  @property({ attribute: false }) way: Way | null = null;
  @property({ attribute: false }) preferred: Quality = null;

  protected override render(): TemplateResult {
    const steps = this.#steps();
    const preferred = typeof this.preferred === "number" ? (nearest(steps, kilobits(this.preferred)) ?? "") : (this.preferred ?? "");
    return html`
      <select aria-label="Sound quality" ?disabled=${steps.length === 0 && !WhepStream.supported} @change=${this.#chosen}>
        <option value="" ?selected=${preferred === ""}>${preferred === "" ? `Auto ${this.#heard()}` : "Auto"}</option>
        ${WhepStream.supported
          ? html`<option value="live" ?selected=${preferred === "live"}>${preferred === "live" ? `Live ${this.#heard()}` : "Live, least delay"}</option>`
          : nothing}
        ${steps.map((step) => html`<option value=${step} ?selected=${step === preferred}>${step} kbit/s</option>`)}
      </select>
    `;
  }

  /** kbit/s that may be chosen, highest first. By WebRTC none is known; HLS would have them all. */
  #steps(): number[] {
    const known = this.way === "webrtc" ? STEPS : this.rungs.map(({ bitrate }) => kilobits(bitrate));
    return [...known].sort((a, b) => b - a);
  }

  #heard(): string {
    if (this.way === "webrtc") return "WebRTC";
    if (this.way === "mount") return "MP3";
    return this.playing === null ? "" : `HLS ${kilobits(this.playing.bitrate)}`;
  }

  readonly #chosen = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    const detail = value === "live" ? value : value === "" ? null : Number(value) * 1000;
    this.dispatchEvent(new CustomEvent<Quality>("quality", { detail }));
  };

  static override styles = [
    control,
    css`
      :host {
        min-width: 0;
      }
      select {
        appearance: none;
        field-sizing: content;
        max-width: 100%;
        text-overflow: ellipsis;
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
      @media (max-width: 23rem) {
        select {
          padding: 0 1.6rem 0 0.7rem;
          font-size: 0.8125rem;
        }
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

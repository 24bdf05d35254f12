import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { control } from "./control.styles";
import { icons } from "./icons";

/** The fader and the mute button. Says `fader` (0..1) and `mute` (boolean); moves only when it is told so. */
@customElement("sonic-volume")
export class SonicVolume extends LitElement {
  @property({ type: Number }) fader = 1;
  @property({ type: Boolean }) muted = false;
  @property({ type: Boolean }) adjustable = true;

  protected override render(): TemplateResult {
    const silent = this.muted || this.fader === 0;
    const percent = Math.round(this.fader * 100);
    return html`
      <button class="round" type="button" aria-label="Mute" aria-pressed=${this.muted} title="Mute (M)" @click=${() => this.#say("mute", !this.muted)}>
        ${silent ? icons.muted : icons.loud}
      </button>
      ${this.adjustable
        ? html`<input
            type="range"
            min="0"
            max="100"
            step="1"
            aria-label="Volume"
            aria-valuetext=${this.muted ? `${percent} percent, muted` : `${percent} percent`}
            .value=${String(percent)}
            @input=${(event: Event) => this.#say("fader", Number((event.target as HTMLInputElement).value) / 100)}
          />`
        : nothing}
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("fader") || changed.has("muted")) this.style.setProperty("--fill", this.muted ? "0%" : `${this.fader * 100}%`);
  }

  #say(name: "fader" | "mute", detail: number | boolean): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  static override styles = [
    control,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 0.25rem;
      }
      input {
        appearance: none;
        display: var(--fader-display, block);
        width: var(--fader-width, 7.5rem);
        height: 2.75rem;
        margin: 0;
        background: none;
        cursor: pointer;
      }
      input::-webkit-slider-runnable-track {
        height: 4px;
        border-radius: 2px;
        background: linear-gradient(to right, var(--ink) var(--fill), var(--line) var(--fill));
      }
      input::-moz-range-track {
        height: 4px;
        border-radius: 2px;
        background: linear-gradient(to right, var(--ink) var(--fill), var(--line) var(--fill));
      }
      input::-webkit-slider-thumb {
        appearance: none;
        width: 14px;
        height: 14px;
        margin-top: -5px;
        border-radius: 50%;
        background: var(--ink);
      }
      input::-moz-range-thumb {
        width: 14px;
        height: 14px;
        border: 0;
        border-radius: 50%;
        background: var(--ink);
      }
      input:focus-visible {
        border-radius: 8px;
        outline-offset: 0;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-volume": SonicVolume;
  }
}

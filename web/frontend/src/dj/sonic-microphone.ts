import { LitElement, css, html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { control } from "../elements/control.styles";
import { form } from "../session/form.styles";
import type { Choice, Microphone } from "./microphone";
import "./sonic-level";

const LOUDER_DB = 24;

/** Which microphone, how it is opened, how loud it is. Says `choice` (Choice) and `gain` (dB); shows only what it is given. */
@customElement("sonic-microphone")
export class SonicMicrophone extends LitElement {
  @property({ attribute: false }) microphone: Microphone | null = null;
  @property({ attribute: false }) devices: MediaDeviceInfo[] = [];
  @property({ attribute: false }) choice!: Choice;
  @property({ type: Number }) gain = 0;

  protected override render(): TemplateResult {
    const { device, echoCancellation, noiseSuppression } = this.choice;
    const opened = this.microphone?.device ?? device;
    return html`
      <sonic-level .microphone=${this.microphone}></sonic-level>
      <label>Microphone
        <select @change=${(event: Event) => this.#choose({ device: (event.target as HTMLSelectElement).value })}>
          ${this.devices.map((one, at) => html`<option value=${one.deviceId} ?selected=${one.deviceId === opened}>${one.label || `Microphone ${at + 1}`}</option>`)}
        </select>
      </label>
      <label class="gain"><span>Gain <output>${written(this.gain)} dB</output></span>
        <input type="range" aria-label="Gain" min=${-LOUDER_DB} max=${LOUDER_DB} step="1" aria-valuetext=${`${written(this.gain)} dB`} .value=${String(this.gain)}
          @input=${(event: Event) => this.dispatchEvent(new CustomEvent<number>("gain", { detail: Number((event.target as HTMLInputElement).value) }))} />
      </label>
      <div class="switches">
        <label class="tick"><input type="checkbox" .checked=${echoCancellation} @change=${(event: Event) => this.#choose({ echoCancellation: ticked(event) })} /> Cancel echo</label>
        <label class="tick"><input type="checkbox" .checked=${noiseSuppression} @change=${(event: Event) => this.#choose({ noiseSuppression: ticked(event) })} /> Suppress noise</label>
      </div>
      <p class="hint">Leave both off for music and good microphones. Wear headphones, or the station comes back through the microphone.</p>
    `;
  }

  #choose(changed: Partial<Choice>): void {
    this.dispatchEvent(new CustomEvent<Choice>("choice", { detail: { ...this.choice, ...changed } }));
  }

  static override styles = [
    control,
    form,
    css`
      :host {
        display: grid;
        gap: 0.9rem;
      }
      .gain span {
        display: flex;
        justify-content: space-between;
      }
      .gain output {
        color: var(--ink);
        font-variant-numeric: tabular-nums;
      }
      .gain input {
        width: 100%;
        height: 1.75rem;
        margin: 0;
        accent-color: var(--accent);
      }
      .switches {
        display: flex;
        flex-wrap: wrap;
        gap: 0.6rem 1.5rem;
      }
      .tick {
        display: flex;
        align-items: center;
        gap: 0.6rem;
      }
      .hint {
        margin: 0;
        color: var(--ink-faint);
        font-size: 0.875rem;
      }
    `,
  ];
}

const ticked = (event: Event): boolean => (event.target as HTMLInputElement).checked;

function written(db: number): string {
  return db > 0 ? `+${db}` : String(db).replace("-", "−");
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-microphone": SonicMicrophone;
  }
}

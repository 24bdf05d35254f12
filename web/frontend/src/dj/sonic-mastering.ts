import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { control } from "../elements/control.styles";
import { Asked } from "../outs/asked";
import { form } from "../session/form.styles";
import { Problem } from "../session/problem";
import type { Session } from "../session/session";
import { Comparison, type Side } from "./comparison";
import { MASTERING_RIGHTS, MasteringDesk, at, only, type Mastering, type Wish } from "./mastering";
import type { OnAir } from "./on-air";
import { rows } from "./rows.styles";
import "./sonic-bands";
import { masteringStyles } from "./sonic-mastering.styles";

const LOOK_MS = 3000;
/** What matters, and how it is called where people turn it. */
const SLIDERS: { path: string; name: string; unit: string; step: number; least?: number; most?: number }[] = [
  { path: "servo.target_lufs", name: "Loudness", unit: "LUFS", step: 0.5, least: -24 },
  { path: "limiter.ceiling_dbtp", name: "Ceiling", unit: "dBTP", step: 0.1, least: -6 },
  { path: "compressor.low.gain_db", name: "Bass", unit: "dB", step: 0.5, least: -6, most: 6 },
  { path: "compressor.low_mid.gain_db", name: "Low mids", unit: "dB", step: 0.5, least: -6, most: 6 },
  { path: "compressor.high_mid.gain_db", name: "High mids", unit: "dB", step: 0.5, least: -6, most: 6 },
  { path: "compressor.high.gain_db", name: "Highs", unit: "dB", step: 0.5, least: -6, most: 6 },
  { path: "exciter.amount", name: "Overtones", unit: "", step: 0.05, most: 0.5 },
  { path: "width.high", name: "Width of the highs", unit: "", step: 0.05 },
];
const SWITCHES: { path: string; name: string }[] = [
  { path: "compressor.bypass", name: "Compressors" },
  { path: "deesser.bypass", name: "De-esser" },
  { path: "exciter.bypass", name: "Overtones" },
  { path: "width.bypass", name: "Width" },
];
const SIDES: [Side, string][] = [
  ["mastered", "A  Mastered"],
  ["unmastered", "B  Unmastered"],
];

/** How the station sounds: its preset, what matters of it, what it does now, and the sound before it for comparison. */
@customElement("sonic-mastering")
export class SonicMastering extends LitElement {
  @property() station = "";
  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) onAir: OnAir | null = null;
  @state() private problem = "";
  @state() private busy = false;

  readonly #asked = new Asked<Mastering>(this, LOOK_MS, () => this.#desk.read());
  #comparison: Comparison | null = null;

  get #desk(): MasteringDesk {
    return new MasteringDesk(this.session, this.station);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#comparison?.close();
  }

  protected override render(): TemplateResult {
    const mastering = this.#asked.answer;
    const problem = this.problem || (this.#comparison?.problem ?? "");
    return html`
      <h2>Sound</h2>
      ${problem === "" ? nothing : html`<p class="said wrong" role="alert">${problem}</p>`}
      ${this.#asked.problem === "" ? nothing : html`<p class="hint" role="status">${this.#asked.problem}</p>`}
      ${mastering === null ? nothing : this.#presets(mastering)}
      <sonic-bands .levels=${this.onAir?.levels ?? null}></sonic-bands>
      ${this.#may ? this.#compare() : nothing} ${mastering === null ? nothing : this.#more(mastering)}
    `;
  }

  get #may(): boolean {
    return this.session.may(MASTERING_RIGHTS.write);
  }

  #presets(mastering: Mastering): TemplateResult {
    const why = mastering.presets.find(({ name }) => name === mastering.preset)?.why ?? "";
    return html`
      <div class="choice">
        <label>Preset
          <select ?disabled=${!this.#may || this.busy} @change=${(event: Event) => void this.#set({ preset: (event.target as HTMLSelectElement).value })}>
            ${mastering.presets.map(({ name }) => html`<option value=${name} .selected=${name === mastering.preset}>${titled(name)}${name === mastering.preset && mastering.changed ? " (changed)" : ""}</option>`)}
          </select>
        </label>
        ${this.#may && mastering.changed
          ? html`<button class="pill" type="button" ?disabled=${this.busy} @click=${() => void this.#set({ preset: mastering.preset })}>As written</button>`
          : nothing}
      </div>
      <p class="why">${why}</p>
    `;
  }

  #compare(): TemplateResult {
    const { standing, side } = this.#comparison ?? { standing: "off", side: "mastered" };
    return html`<div class="compare" data-standing=${standing} data-apart=${this.#comparison?.apart?.toFixed(3) ?? ""}>
      ${standing === "off"
        ? html`<button class="pill" type="button" ?disabled=${this.onAir?.position() == null} @click=${this.#open}>Compare with the unmastered sound</button>`
        : html`<fieldset aria-label="What you hear">
              ${SIDES.map(([each, words]) => html`<label><input type="radio" name="side" .checked=${each === side} @change=${() => this.#comparison?.hear(each)} />${words}</label>`)}
            </fieldset>
            <button class="pill" type="button" @click=${() => this.#comparison?.close()}>Stop comparing</button>`}
      ${standing === "tuning" ? html`<p class="hint" role="status">Both come in a few seconds.</p>` : nothing}
      ${standing === "on" ? html`<p class="hint">Both are equally loud, so what you hear is the sound and not the level.</p>` : nothing}
    </div>`;
  }

  #more(mastering: Mastering): TemplateResult {
    return html`<details>
      <summary>Settings</summary>
      <div>
        <div class="sliders">${SLIDERS.map((slider) => this.#slider(mastering, slider))}</div>
        <div class="switches">
          ${SWITCHES.map(
            ({ path, name }) => html`<label class="tick"
              ><input type="checkbox" ?disabled=${!this.#may || this.busy} .checked=${at(mastering.settings, path) === false}
                @change=${(event: Event) => void this.#set({ settings: only(path, !(event.target as HTMLInputElement).checked) })} />
              ${name}</label
            >`,
          )}
          ${mastering.insert.state === "off" ? nothing : this.#insert(mastering)}
        </div>
        <p class="hint">Every change is heard by all listeners some seconds later, and holds until somebody changes it again.</p>
      </div>
    </details>`;
  }

  #slider({ settings, bounds }: Mastering, { path, name, unit, step, least, most }: (typeof SLIDERS)[number]): TemplateResult {
    const value = Number(at(settings, path));
    const from = Math.min(value, least ?? bounds[path]?.least ?? 0);
    const to = Math.max(value, most ?? bounds[path]?.most ?? 1);
    const words = `${written(value, step)}${unit === "" ? "" : ` ${unit}`}`;
    return html`<label
      ><span>${name} <output>${words}</output></span>
      <input type="range" aria-label=${name} aria-valuetext=${words} min=${from} max=${to} step=${step} ?disabled=${!this.#may} .value=${String(value)}
        @change=${(event: Event) => void this.#set({ settings: only(path, Number((event.target as HTMLInputElement).value)) })} />
    </label>`;
  }

  #insert({ insert }: Mastering): TemplateResult {
    const standing = { off: "", loading: "loading", in: "", dry: insert.wanted ? "late, passed by" : "", waiting: `out: ${insert.reason}` }[insert.state];
    return html`<label class="tick"
      ><input type="checkbox" ?disabled=${!this.#may || this.busy} .checked=${insert.wanted} @change=${(event: Event) => void this.#set({ insert: (event.target as HTMLInputElement).checked })} />
      ${insert.plug_ins.join(", ")}${standing === "" ? "" : ` (${standing})`}</label
    >`;
  }

  readonly #open = (): void => {
    const position = this.onAir?.position() ?? null;
    if (position === null) return;
    this.#comparison ??= new Comparison(this.session, this.station, () => this.requestUpdate());
    void this.#comparison.open(position);
  };

  async #set(wish: Wish): Promise<void> {
    this.busy = true;
    this.problem = "";
    try {
      await this.#desk.set(wish);
    } catch (problem) {
      this.problem = problem instanceof Problem ? problem.message : "Something went wrong in this page. Load it again.";
    }
    this.busy = false;
    await this.#asked.now();
  }

  static override styles = [control, form, rows, masteringStyles];
}

const titled = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

function written(value: number, step: number): string {
  return value.toFixed(step < 0.1 ? 2 : 1).replace("-", "−");
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-mastering": SonicMastering;
  }
}

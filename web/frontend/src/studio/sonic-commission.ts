import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { minutes } from "../dj/rows.styles";
import { control } from "../elements/control.styles";
import { form } from "../session/form.styles";
import { Problem } from "../session/problem";
import type { Allowance, Booking, Studio, Wish } from "./studio";
import { MOODS, TEMPI, TONICS, capital } from "./studio-words";

const DEFAULT_SECONDS = 180;
const FIELDS = ["words", "genre", "mood", "bpm", "key", "seconds", "sections"];

/** Books the studio for a take. Says `booked` (Booking). */
@customElement("sonic-commission")
export class SonicCommission extends LitElement {
  @property({ attribute: false }) studio!: Studio;
  /** It may be queued when it is made. */
  @property({ type: Boolean }) airs = false;
  @state() private genre = "";
  @state() private seconds = DEFAULT_SECONDS;
  @state() private busy = false;
  @state() private problem: Problem | null = null;
  @state() private allowance: Allowance | null = null;

  /** One for each press, kept while nothing was answered. */
  #key = crypto.getRandomValues(new Uint32Array(4)).join("-");

  protected override firstUpdated(): void {
    void this.#count();
  }

  protected override render(): TemplateResult {
    const [slowest, fastest] = TEMPI[this.genre] ?? [60, 190];
    const none = this.allowance !== null && !this.allowance.can_generate;
    return html`<h2>Have a track made</h2>
      <form @submit=${this.#submit} autocomplete="off">
        ${this.#field("words", html`<textarea name="words" rows="2" maxlength="1000" placeholder="Warm house for a late train ride, 124 bpm, four minutes"></textarea>`, "In your words", "Genre, tempo, key and length are read out of them. What you set below counts more.")}
        <div class="pair">
          ${this.#field("genre", this.#genres(), "Genre", "")} ${this.#field("mood", html`<input name="mood" maxlength="200" list="moods" placeholder="warm, dreamy" />`, "Mood", "")}
        </div>
        <datalist id="moods">${MOODS.map((mood) => html`<option value=${mood}></option>`)}</datalist>
        <div class="pair">
          ${this.#field("bpm", html`<input name="bpm" type="number" inputmode="decimal" min=${slowest} max=${fastest} step="any" placeholder=${this.genre === "" ? "As it suits" : `${slowest} to ${fastest}`} />`, "Beats per minute", "")}
          ${this.#field("key", this.#keys(), "Key", "")}
        </div>
        ${this.#field("seconds", html`<input name="seconds" type="range" min="60" max="480" step="15" .value=${String(this.seconds)} aria-valuetext=${minutes(this.seconds)} @input=${(event: Event) => (this.seconds = Number((event.target as HTMLInputElement).value))} />`, html`<span>Length <b>${minutes(this.seconds)}</b></span>`, "Rounded to whole phrases.")}
        ${this.airs ? html`<label class="tick"><input type="checkbox" name="air" /> Queue it as soon as it is made</label>` : nothing}
        ${this.problem === null || this.#isAtFields() ? nothing : html`<p class="said wrong" role="alert">${this.problem.message}</p>`}
        <div class="ends">
          <button class="pill first" ?disabled=${this.busy || none}>${this.busy ? "One moment" : "Have it made"}</button>
          <span class="left">${this.#left()}</span>
        </div>
      </form>`;
  }

  #genres(): TemplateResult {
    return html`<select name="genre" @change=${(event: Event) => (this.genre = (event.target as HTMLSelectElement).value)}>
      <option value="">What suits the station</option>
      ${Object.keys(TEMPI).map((genre) => html`<option value=${genre}>${capital(genre)}</option>`)}
    </select>`;
  }

  #keys(): TemplateResult {
    return html`<select name="key">
      <option value="">Any</option>
      ${["minor", "major"].map((mode) => html`<optgroup label=${capital(mode)}>${TONICS.map((tonic) => html`<option value=${`${tonic} ${mode}`}>${tonic} ${mode}</option>`)}</optgroup>`)}
    </select>`;
  }

  #field(name: string, input: TemplateResult, label: string | TemplateResult, help: string): TemplateResult {
    const wrong = this.problem?.wrong[name] ?? "";
    return html`<div>
      <label>${label} ${input}</label>
      ${help === "" ? nothing : html`<p class="help">${help}</p>`}
      <p class="beside" role="alert">${wrong}</p>
    </div>`;
  }

  #left(): string {
    if (this.allowance === null) return "";
    const { why_not, left, takes_a_day } = this.allowance;
    return why_not ?? (left === null ? "" : `${left} of ${takes_a_day} left today.`);
  }

  #isAtFields(): boolean {
    const names = Object.keys(this.problem?.wrong ?? {});
    return names.length > 0 && names.every((name) => FIELDS.includes(name) && name !== "sections");
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const sent = event.target as HTMLFormElement;
    const wish = this.#wish(new FormData(sent));
    if (wish === null) return;
    this.busy = true;
    this.problem = null;
    try {
      const booking = await this.studio.book(wish, this.#key);
      this.#key = crypto.getRandomValues(new Uint32Array(4)).join("-");
      this.dispatchEvent(new CustomEvent<Booking>("booked", { detail: booking }));
    } catch (problem) {
      this.problem = problem instanceof Problem ? problem : new Problem("Something went wrong in this page. Load it again.", 0, "", null);
      // What was refused may be sent anew; what was not answered is the same wish still.
      if (this.problem.status !== 0) this.#key = crypto.getRandomValues(new Uint32Array(4)).join("-");
    }
    this.busy = false;
    void this.#count();
  };

  /** The wish, or null with what is wrong. A length that nobody has moved is left to the words. */
  #wish(sent: FormData): Wish | null {
    const of = (name: string): string => String(sent.get(name) ?? "").trim();
    const wish: Wish = {};
    for (const name of ["words", "genre", "mood", "key"] as const) if (of(name) !== "") wish[name] = of(name);
    if (of("bpm") !== "") wish.bpm = Number(of("bpm"));
    if (this.seconds !== DEFAULT_SECONDS || wish.words === undefined) wish.seconds = this.seconds;
    if (sent.has("air")) wish.air = true;
    if (wish.words !== undefined || wish.genre !== undefined || wish.mood !== undefined) return wish;
    this.problem = new Problem("", 422, "invalid", null, { words: "Say what to make: in words, or by a genre or a mood." });
    return null;
  }

  async #count(): Promise<void> {
    try {
      this.allowance = await this.studio.allowance();
    } catch {
      this.allowance = null; // the button says why, when it is pressed
    }
  }

  static override styles = [
    control,
    form,
    css`
      h2 {
        margin: 0 0 0.9rem;
        font-size: 1.125rem;
        font-weight: 600;
        letter-spacing: -0.01em;
      }
      form {
        display: grid;
        gap: 1rem;
      }
      .pair {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        gap: 1rem;
        align-items: start;
      }
      textarea {
        width: 100%;
        min-height: 4.75rem;
        padding: 0.65rem 0.9rem;
        border: 1px solid var(--line);
        border-radius: 0.75rem;
        background: var(--raised);
        color: var(--ink);
        font: inherit;
        resize: vertical;
      }
      textarea::placeholder {
        color: var(--ink-faint);
        opacity: 1;
      }
      input[type="range"] {
        width: 100%;
        height: 2rem;
        margin: 0;
        accent-color: var(--accent);
      }
      label b {
        color: var(--ink);
        font-weight: 500;
        font-variant-numeric: tabular-nums;
      }
      .help,
      .left {
        color: var(--ink-faint);
        font-size: 0.875rem;
      }
      .help,
      .beside {
        margin: 0.35rem 0 0;
      }
      .beside {
        color: var(--alert);
        font-size: 0.875rem;
      }
      .beside:empty {
        display: none;
      }
      .tick {
        display: flex;
        align-items: center;
        gap: 0.6rem;
      }
      .ends {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.6rem 1rem;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-commission": SonicCommission;
  }
}

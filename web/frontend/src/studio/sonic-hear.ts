import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { control } from "../elements/control.styles";
import { icons } from "../elements/icons";
import { Problem } from "../session/problem";
import type { Studio } from "./studio";

/** Which row of the page plays. */
let heard: SonicHear | null = null;

/** Plays one take off the air; of a page's takes one at a time. What was fetched is kept until the row is gone. */
@customElement("sonic-hear")
export class SonicHear extends LitElement {
  @property({ attribute: false }) studio!: Studio;
  @property() track = "";
  /** Its name, for those who do not see the row. */
  @property() song = "";
  @state() private standing: "still" | "fetching" | "playing" = "still";
  @state() private problem = "";

  #audio: HTMLAudioElement | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
    if (this.#audio !== null) URL.revokeObjectURL(this.#audio.src);
    this.#audio = null;
  }

  protected override render(): TemplateResult {
    const plays = this.standing === "playing";
    return html`<button class="round" type="button" aria-label=${`${plays ? "Stop" : "Hear"}: ${this.song}`} aria-busy=${this.standing === "fetching"}
        ?disabled=${this.standing === "fetching"} @click=${() => (plays ? this.stop() : void this.#play())}>${plays ? icons.pause : icons.play}</button>
      ${this.problem === "" ? nothing : html`<span role="alert">${this.problem}</span>`}`;
  }

  async #play(): Promise<void> {
    if (heard !== this) heard?.stop();
    heard = this;
    this.problem = "";
    this.standing = "fetching";
    try {
      const audio = (this.#audio ??= await this.#fetched());
      if (heard !== this || !this.isConnected) return this.stop();
      await audio.play();
      this.standing = "playing";
    } catch (problem) {
      this.stop();
      this.problem = problem instanceof Problem ? problem.message : "This browser does not play it.";
    }
  }

  async #fetched(): Promise<HTMLAudioElement> {
    const audio = new Audio(URL.createObjectURL(await this.studio.sound(this.track)));
    audio.onended = () => this.stop();
    return audio;
  }

  /** It has ended, or another row plays now. */
  stop(): void {
    this.#audio?.pause();
    this.standing = "still";
    if (heard === this) heard = null;
  }

  static override styles = [
    control,
    css`
      :host {
        display: inline-flex;
        align-items: center;
        gap: 0.5rem;
      }
      .round {
        width: 2.5rem;
        height: 2.5rem;
      }
      [role="alert"] {
        color: var(--alert);
        font-size: 0.875rem;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-hear": SonicHear;
  }
}

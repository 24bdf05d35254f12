import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { control } from "../elements/control.styles";
import { form } from "../session/form.styles";
import { Problem } from "../session/problem";
import type { Desk, Track } from "./desk";
import { minutes, rows } from "./rows.styles";
import { signs } from "./signs";

const TYPING_MS = 220;

/** The library, searched as one types. Says `cue` (Track). */
@customElement("sonic-shelf")
export class SonicShelf extends LitElement {
  @property({ attribute: false }) desk!: Desk;
  @property({ type: Boolean }) changeable = false;
  @property({ type: Boolean }) busy = false;
  @state() private tracks: Track[] | null = null;
  @state() private problem = "";
  @state() private words = "";
  #timer: number | undefined;
  #asked = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.#timer);
  }

  /** Asks again for what is shown. */
  async look(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const tracks = await this.desk.tracks(this.words);
      if (asked !== this.#asked) return; // a later question is under way: its answer counts
      this.tracks = tracks;
      this.problem = "";
    } catch (problem) {
      if (asked === this.#asked) this.problem = problem instanceof Problem ? problem.message : "The library cannot be shown.";
    }
  }

  protected override render(): TemplateResult {
    return html`
      <h2 id="library">Library</h2>
      <input type="search" aria-label="Search the library" placeholder="Title, artist or genre" maxlength="200" .value=${this.words} @input=${this.#typed} />
      <div aria-live="polite">${this.#found()}</div>
    `;
  }

  #found(): TemplateResult {
    if (this.problem !== "") return html`<p class="said wrong">${this.problem} <button class="again" type="button" @click=${() => this.look()}>Try again</button></p>`;
    if (this.tracks === null) return html`<p class="empty">Looking through the library.</p>`;
    if (this.tracks.length === 0) {
      return html`<p class="empty">
        ${this.words === "" ? "The library is empty. Put files into the media folder, or upload one here." : "Nothing like this is in the library."}
      </p>`;
    }
    return html`<ul aria-labelledby="library">
      ${repeat(this.tracks, (track) => track.id, (track) => this.#row(track))}
    </ul>`;
  }

  #row(track: Track): TemplateResult {
    const told = [track.artist, track.genre, track.bpm === null ? "" : `${Math.round(track.bpm)} bpm`, track.key ?? ""].filter((word) => word !== "").join(" · ");
    const named = track.artist === "" ? track.title : `${track.title}, ${track.artist}`;
    return html`<li>
      <span class="song"><b>${track.title}</b>${told === "" ? nothing : html`<span>${told}</span>`}</span>
      <span class="time">${minutes(track.seconds)}</span>
      ${this.changeable
        ? html`<button
            class="round"
            type="button"
            aria-label=${`Queue: ${named}`}
            title=${track.airable ? "Queue it" : "It cannot air now"}
            ?disabled=${!track.airable || this.busy}
            @click=${() => this.dispatchEvent(new CustomEvent<Track>("cue", { detail: track }))}
          >
            ${signs.add}
          </button>`
        : nothing}
    </li>`;
  }

  readonly #typed = (event: Event): void => {
    this.words = (event.target as HTMLInputElement).value.trim();
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.look(), TYPING_MS);
  };

  static override styles = [
    control,
    form,
    rows,
    css`
      li {
        grid-template-columns: minmax(0, 1fr) auto auto;
      }
      input {
        margin-bottom: 0.9rem;
      }
      ul {
        max-height: 34rem;
        overflow-y: auto;
        scrollbar-width: thin;
      }
      .again {
        text-decoration: underline;
        text-underline-offset: 0.2em;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-shelf": SonicShelf;
  }
}

import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { control } from "../elements/control.styles";
import { form } from "../session/form.styles";
import { Problem } from "../session/problem";
import { NEWEST, type Desk, type Order, type Track } from "./desk";
import { minutes, rows } from "./rows.styles";
import { signs } from "./signs";

const TYPING_MS = 220;
/** What the ears heard, in columns of their own. `rising`: which end a person wants to see first. */
const COLUMNS: { by: Order["by"]; name: string; title: string; rising: boolean }[] = [
  { by: "bpm", name: "BPM", title: "Order by tempo", rising: true },
  { by: "key", name: "Key", title: "Order by key, around the Camelot wheel", rising: true },
  { by: "energy", name: "Energy", title: "Order by energy, 0 to 100", rising: false },
];

/** The library, searched as one types, ordered as one wants. Says `cue` (Track). */
@customElement("sonic-shelf")
export class SonicShelf extends LitElement {
  @property({ attribute: false }) desk!: Desk;
  @property({ type: Boolean }) changeable = false;
  @property({ type: Boolean }) busy = false;
  @state() private tracks: Track[] | null = null;
  @state() private problem = "";
  @state() private words = "";
  @state() private order: Order = NEWEST;
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
      const tracks = await this.desk.tracks(this.words, this.order);
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
    return html`<div class="list">
      <table aria-labelledby="library">
        <thead>
          <tr>
            <th scope="col"><span class="unseen">Track</span></th>
            ${COLUMNS.map((column) => this.#heading(column))}
            <th scope="col" class="time"><span class="unseen">Length</span></th>
            ${this.changeable ? html`<th scope="col"><span class="unseen">Queue it</span></th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${repeat(this.tracks, (track) => track.id, (track) => this.#row(track))}
        </tbody>
      </table>
    </div>`;
  }

  #heading(column: (typeof COLUMNS)[number]): TemplateResult {
    const { by, name, title } = column;
    const chosen = this.order.by === by;
    const sign = !chosen ? "" : this.order.rising ? "↑" : "↓";
    return html`<th scope="col" class=${by} aria-sort=${!chosen ? "none" : this.order.rising ? "ascending" : "descending"}>
      <button class="sort" type="button" title=${title} @click=${() => this.#sort(column)}>${name}<span aria-hidden="true">${sign}</span></button>
    </th>`;
  }

  #row(track: Track): TemplateResult {
    const told = [track.artist, track.genre].filter((word) => word !== "").join(" · ");
    const named = track.artist === "" ? track.title : `${track.title}, ${track.artist}`;
    return html`<tr>
      <td><span class="song"><b>${track.title}</b>${told === "" ? nothing : html`<span>${told}</span>`}</span></td>
      <td class="bpm">${track.bpm === null ? UNHEARD : Math.round(track.bpm)}</td>
      <td class="key" title=${track.key ?? ""}>${track.camelot ?? track.key ?? UNHEARD}</td>
      <td class="energy">${track.energy === null ? UNHEARD : Math.round(100 * track.energy)}</td>
      <td class="time">${minutes(track.seconds)}</td>
      ${this.changeable
        ? html`<td>
            <button
              class="round"
              type="button"
              aria-label=${`Queue: ${named}`}
              title=${track.airable ? "Queue it" : "It cannot air now"}
              ?disabled=${!track.airable || this.busy}
              @click=${() => this.dispatchEvent(new CustomEvent<Track>("cue", { detail: track }))}
            >
              ${signs.add}
            </button>
          </td>`
        : nothing}
    </tr>`;
  }

  /** The end one wants to see, then the other one, then the newest again. */
  #sort({ by, rising }: (typeof COLUMNS)[number]): void {
    if (this.order.by !== by) this.order = { by, rising };
    else this.order = this.order.rising === rising ? { by, rising: !rising } : NEWEST;
    void this.look();
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
      input {
        margin-bottom: 0.9rem;
      }
      .list {
        max-height: 34rem;
        overflow-y: auto;
        scrollbar-width: thin;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        table-layout: fixed;
      }
      th {
        position: sticky;
        top: 0;
        z-index: 1;
        height: 2.25rem;
        background: var(--ground);
        font-weight: 400;
      }
      th,
      td {
        padding: 0.35rem 0 0.35rem 0.5rem;
        border-top: 1px solid var(--line);
        text-align: right;
      }
      th:first-child,
      td:first-child {
        padding-left: 0;
        text-align: left;
      }
      tr:first-child th {
        border-top: 0;
      }
      td {
        height: 3.5rem;
      }
      th:not(:first-child) {
        width: 3.75rem;
      }
      th.energy {
        width: 4.5rem;
      }
      .bpm,
      .key,
      .energy {
        color: var(--ink-soft);
        font-size: 0.875rem;
        font-variant-numeric: tabular-nums;
      }
      .sort {
        min-height: 2.5rem;
        white-space: nowrap;
      }
      .sort:hover,
      [aria-sort="ascending"] .sort,
      [aria-sort="descending"] .sort {
        color: var(--ink);
      }
      td .round {
        margin-left: auto;
      }
      .unseen {
        position: absolute;
        width: 1px;
        height: 1px;
        overflow: hidden;
        clip-path: inset(50%);
      }
      @media (max-width: 30rem) {
        .time,
        th.time {
          display: none;
        }
        th:not(:first-child) {
          width: 2.75rem;
        }
        th.energy {
          width: 3.6rem;
        }
      }
      .again {
        text-decoration: underline;
        text-underline-offset: 0.2em;
      }
    `,
  ];
}

/** Nothing beats or sings, or the ears have not come to it. */
const UNHEARD = html`<span title="Not known">–</span>`;

declare global {
  interface HTMLElementTagNameMap {
    "sonic-shelf": SonicShelf;
  }
}

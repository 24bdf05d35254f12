import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { control } from "../elements/control.styles";
import type { Entry, Rundown, Segue } from "./desk";
import { minutes, rows } from "./rows.styles";
import { signs } from "./signs";

/** What comes next, and how what airs will give way to it. Says `order` (string[]) and `remove` (Entry); shows only what it is given. */
@customElement("sonic-rundown")
export class SonicRundown extends LitElement {
  @property({ attribute: false }) rundown: Rundown | null = null;
  @property({ type: Boolean }) changeable = false;
  @property({ type: Boolean }) busy = false;
  /** The entry that is being dragged, and where it would go. */
  @state() private dragged: string | null = null;
  @state() private over: number | null = null;

  protected override render(): TemplateResult {
    const { rundown } = this;
    if (rundown === null) return html`<h2 id="next">Up next</h2><p class="empty">Looking what comes next.</p>`;
    const { queue, planned } = rundown;
    return html`
      <h2 id="next">Up next</h2>
      ${queue.length === 0
        ? html`<p class="empty">Nothing is queued. The station chooses by itself; add tracks from the library to play them next.</p>`
        : html`<ol aria-labelledby="next" data-over=${this.over ?? nothing}>
            ${repeat(queue, (entry) => entry.entry_id, (entry, at) => this.#queued(entry, at, queue.length))}
          </ol>`}
      ${planned.length === 0
        ? nothing
        : html`<h3>Then, by the station itself</h3>
            <ul>
              ${repeat(planned, (entry) => entry.entry_id, (entry) => html`<li><span class="lead"></span>${song(entry, this.#segueTo(entry))}<span class="time">${minutes(entry.seconds)}</span></li>`)}
            </ul>`}
    `;
  }

  #queued(entry: Entry, at: number, count: number): TemplateResult {
    const named = entry.artist === "" ? entry.title : `${entry.title}, ${entry.artist}`;
    const movable = this.changeable && count > 1;
    return html`<li
      data-entry=${entry.entry_id}
      draggable=${movable ? "true" : "false"}
      ?data-dragged=${this.dragged === entry.entry_id}
      ?data-target=${this.over === at && this.dragged !== null && this.dragged !== entry.entry_id}
      @dragstart=${(event: DragEvent) => this.#lift(event, entry)}
      @dragover=${(event: DragEvent) => this.#hover(event, at)}
      @drop=${(event: DragEvent) => this.#drop(event, at)}
      @dragend=${this.#letGo}
    >
      <span class="lead" aria-hidden="true">${movable ? signs.grip : at + 1}</span>
      ${song(entry, this.#segueTo(entry))}
      <span class="does">
        <span class="time">${minutes(entry.seconds)}</span>
        ${this.changeable
          ? html`<button class="round" type="button" aria-label=${`Move up: ${named}`} ?disabled=${at === 0 || this.busy} @click=${() => this.#move(at, at - 1)}>${signs.up}</button>
              <button class="round" type="button" aria-label=${`Move down: ${named}`} ?disabled=${at === count - 1 || this.busy} @click=${() => this.#move(at, at + 1)}>${signs.down}</button>
              <button class="round" type="button" aria-label=${`Remove: ${named}`} ?disabled=${this.busy} @click=${() => this.#say("remove", entry)}>${signs.away}</button>`
          : nothing}
      </span>
    </li>`;
  }

  #segueTo(entry: Entry): Segue | null {
    const segue = this.rundown?.segue ?? null;
    return segue?.enters === entry.entry_id ? segue : null;
  }

  #lift(event: DragEvent, entry: Entry): void {
    this.dragged = entry.entry_id;
    event.dataTransfer?.setData("text/plain", entry.title);
    if (event.dataTransfer !== null) event.dataTransfer.effectAllowed = "move";
  }

  #hover(event: DragEvent, at: number): void {
    if (this.dragged === null) return;
    event.preventDefault();
    this.over = at;
  }

  #drop(event: DragEvent, at: number): void {
    event.preventDefault();
    const from = this.rundown?.queue.findIndex((entry) => entry.entry_id === this.dragged) ?? -1;
    this.#letGo();
    if (from >= 0 && !this.busy) this.#move(from, at);
  }

  readonly #letGo = (): void => {
    this.dragged = null;
    this.over = null;
  };

  #move(from: number, to: number): void {
    const ids = (this.rundown?.queue ?? []).map((entry) => entry.entry_id);
    const [moved] = ids.splice(from, 1);
    if (moved === undefined || from === to) return;
    ids.splice(to, 0, moved);
    this.#say("order", ids);
  }

  #say(name: "order" | "remove", detail: string[] | Entry): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  static override styles = [
    control,
    rows,
    css`
      h3 {
        margin: 1.4rem 0 0.5rem;
        color: var(--ink-faint);
        font-size: 0.875rem;
        font-weight: 500;
      }
      .lead {
        width: 1.4rem;
        color: var(--ink-faint);
        text-align: center;
        font-variant-numeric: tabular-nums;
      }
      [draggable="true"] {
        cursor: grab;
      }
      [data-dragged] {
        opacity: 0.45;
      }
      [data-target] {
        box-shadow: inset 0 2px 0 var(--accent);
      }
      .lead svg {
        display: block;
      }
      ul {
        color: var(--ink-soft);
      }
      .song .segue {
        margin-top: 0.15rem;
        color: var(--ink-soft);
        font-size: 0.8125rem;
        white-space: normal;
      }
      .segue em {
        color: var(--ink);
        font-style: normal;
      }
      @media (hover: none) {
        .lead svg {
          opacity: 0.35;
        }
      }
    `,
  ];
}

const KINDS: Record<Segue["kind"], string> = {
  gapless: "Without a gap",
  cold: "End to end",
  tail: "Over the tail",
  fade: "Crossfade",
  duck: "With speech",
  "beat-matched": "On the beat",
};

function song(entry: Entry, segue: Segue | null): TemplateResult {
  const artist = entry.artist === "" ? nothing : html`<span>${entry.artist}</span>`;
  return html`<span class="song"><b>${entry.title}</b>${artist}${segue === null ? nothing : told(segue)}</span>`;
}

function told({ kind, why, overlap_seconds }: Segue): TemplateResult {
  const long = overlap_seconds < 0.1 ? "" : `, ${overlap_seconds.toFixed(overlap_seconds < 10 ? 1 : 0)} s`;
  return html`<span class="segue"><em>${KINDS[kind]}${long}.</em> ${why}</span>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-rundown": SonicRundown;
  }
}

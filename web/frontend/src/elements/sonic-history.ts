import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { FRAMES_PER_SECOND, type Turn } from "../station/messages";

const SHOWN = 8;

/** What was heard before, latest first. */
@customElement("sonic-history")
export class SonicHistory extends LitElement {
  @property() station = "";
  @property({ attribute: false }) turns: readonly Turn[] = [];
  /** UNIX seconds of position 0. */
  @property({ type: Number }) epoch = 0;

  protected override render(): TemplateResult {
    return html`
      <h2>Just played</h2>
      ${this.turns.length === 0
        ? html`<p>The first songs of this broadcast. They will be listed here when they have played.</p>`
        : html`<ol>
            ${repeat(this.turns.slice(0, SHOWN), ({ song }) => song.entry_id, (turn) => this.#row(turn))}
          </ol>`}
    `;
  }

  #row({ song, started_position }: Turn): TemplateResult {
    const started = new Date((this.epoch + started_position / FRAMES_PER_SECOND) * 1000);
    return html`<li>
      <img src="/api/station/${this.station}/art/${song.track_id}" alt="" width="48" height="48" loading="lazy" />
      <span class="song"><b>${song.title}</b>${song.artist === "" ? nothing : html`<span>${song.artist}</span>`}</span>
      <time datetime=${started.toISOString()}>${started.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}</time>
    </li>`;
  }

  static override styles = css`
    :host {
      display: block;
    }
    h2 {
      margin: 0 0 1rem;
      font-size: 1.125rem;
      font-weight: 600;
      letter-spacing: -0.01em;
    }
    p {
      margin: 0;
      color: var(--ink-soft);
      max-width: 30rem;
    }
    ol {
      list-style: none;
      margin: 0;
      padding: 0;
    }
    li {
      display: grid;
      grid-template-columns: 3rem minmax(0, 1fr) auto;
      align-items: center;
      gap: 1rem;
      padding: 0.6rem 0;
      border-top: 1px solid var(--line);
    }
    img {
      display: block;
      width: 3rem;
      height: 3rem;
      border-radius: 0.375rem;
      object-fit: cover;
      background: var(--raised);
    }
    .song {
      display: grid;
      line-height: 1.3;
    }
    .song > * {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    b {
      font-weight: 500;
    }
    .song span,
    time {
      color: var(--ink-faint);
      font-size: 0.875rem;
    }
    time {
      font-variant-numeric: tabular-nums;
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-history": SonicHistory;
  }
}

import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { control } from "../elements/control.styles";
import type { Seat } from "./live";
import { MODES, STATES, wayOf } from "./live-words";
import { rows } from "./rows.styles";
import { signs } from "./signs";

/** Who is in, in the order of their turn. Says `end` (Seat). */
@customElement("sonic-seats")
export class SonicSeats extends LitElement {
  @property({ attribute: false }) seats: Seat[] = [];
  /** The session that is one's own. */
  @property() own = "";
  /** Others may be sent away. */
  @property({ type: Boolean }) manages = false;

  protected override render(): TemplateResult {
    if (this.seats.length === 0) return html`<p class="empty">Nobody else is live: the station plays by itself.</p>`;
    return html`<ol aria-label="Who is live">
      ${repeat(this.seats, (seat) => seat.id, (seat) => this.#row(seat))}
    </ol>`;
  }

  #row(seat: Seat): TemplateResult {
    const isOwn = seat.id === this.own;
    const told = [wayOf(seat), MODES[seat.mode], [seat.artist, seat.title].filter((word) => word !== "").join(" – ")].filter((word) => word !== "");
    return html`<li>
      <span class="dot" ?data-on=${seat.state === "on_air"} aria-hidden="true"></span>
      <span class="song"><b>${seat.dj}${isOwn ? " (you)" : ""}</b><span>${told.join(" · ")}</span></span>
      <span class="does">
        <span class="state">${STATES[seat.state]}</span>
        ${this.manages && !isOwn
          ? html`<button class="round" type="button" aria-label=${`End the turn of ${seat.dj}`} @click=${() => this.dispatchEvent(new CustomEvent<Seat>("end", { detail: seat }))}>${signs.away}</button>`
          : nothing}
      </span>
    </li>`;
  }

  static override styles = [
    control,
    rows,
    css`
      .dot {
        width: 0.5rem;
        height: 0.5rem;
        border-radius: 50%;
        background: var(--line);
      }
      .dot[data-on] {
        background: var(--accent);
      }
      .state {
        color: var(--ink-soft);
        font-size: 0.875rem;
      }
      .empty {
        padding: 0.85rem 0 0;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-seats": SonicSeats;
  }
}

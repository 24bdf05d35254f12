import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { minutes, rows } from "../dj/rows.styles";
import { signs } from "../dj/signs";
import { control } from "../elements/control.styles";
import { form } from "../session/form.styles";
import { size } from "../outs/amounts";
import "./sonic-hear";
import type { Booking, Measured, Studio } from "./studio";
import { capital, isUnderWay, standing, wished } from "./studio-words";

/** What the studio is booked for, and what came of it; the newest first. Says `cancel` (Booking) and `measure`. */
@customElement("sonic-bookings")
export class SonicBookings extends LitElement {
  @property({ attribute: false }) studio!: Studio;
  @property({ attribute: false }) bookings: Booking[] | null = null;
  /** Others' bookings may be called off, and the backends be measured. */
  @property({ type: Boolean }) manages = false;

  protected override render(): TemplateResult {
    const measuring = this.bookings?.some((one) => one.booked === "benchmark" && isUnderWay(one)) ?? false;
    return html`<div class="head">
        <h2>Booked</h2>
        ${this.manages ? html`<button class="pill" type="button" ?disabled=${measuring} @click=${() => this.dispatchEvent(new CustomEvent("measure"))}>Measure the backends</button>` : nothing}
      </div>
      ${this.#list()}`;
  }

  #list(): TemplateResult {
    if (this.bookings === null) return html`<p class="empty">Looking.</p>`;
    if (this.bookings.length === 0) return html`<p class="empty">Nothing is booked. What you have made stands here, with how far it is.</p>`;
    return html`<ol aria-label="Bookings">
      ${repeat(this.bookings, (one) => one.id, (one) => this.#row(one))}
    </ol>`;
  }

  #row(one: Booking): TemplateResult {
    const title = one.take?.title ?? capital(wished(one));
    const failed = one.state === "failed" || one.state === "dead";
    return html`<li ?data-over=${!isUnderWay(one)}>
      <span class="song"><b title=${title}>${title}</b><span>${told(one)}</span></span>
      ${isUnderWay(one) && (one.mine || this.manages)
        ? html`<button class="round" type="button" ?disabled=${one.cancel_asked} aria-label=${`Call off: ${title}`} @click=${() => this.dispatchEvent(new CustomEvent<Booking>("cancel", { detail: one }))}>${signs.away}</button>`
        : nothing}
      ${one.take === null ? nothing : html`<sonic-hear .studio=${this.studio} track=${one.take.track_id} song=${title}></sonic-hear>`}
      <span class="standing" ?data-wrong=${failed}>${standing(one)}</span>
      ${one.state === "running" ? html`<progress max="1" .value=${one.progress} aria-label=${`How far: ${title}`}></progress>` : nothing}
      ${one.benchmark === null ? nothing : measured(one.benchmark)}
    </li>`;
  }

  static override styles = [
    control,
    form,
    rows,
    css`
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.5rem 1rem;
        margin-bottom: 0.9rem;
      }
      .head h2 {
        margin: 0;
      }
      li {
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.1rem 0.75rem;
        padding: 0.65rem 0;
      }
      li > .round {
        width: 2.5rem;
        height: 2.5rem;
      }
      .standing {
        grid-column: 1 / -1;
        color: var(--ink-soft);
        font-size: 0.875rem;
        overflow-wrap: anywhere;
      }
      .standing[data-wrong] {
        color: var(--alert);
      }
      [data-over] .standing:not([data-wrong]) {
        color: var(--ink-faint);
      }
      progress {
        grid-column: 1 / -1;
        appearance: none;
        width: 100%;
        height: 0.35rem;
        margin: 0.35rem 0 0.2rem;
        border: 0;
        border-radius: 0.2rem;
        background: var(--line);
        overflow: hidden;
      }
      progress::-webkit-progress-bar {
        background: var(--line);
      }
      progress::-webkit-progress-value {
        background: var(--accent);
        transition: inline-size 0.6s linear;
      }
      progress::-moz-progress-bar {
        background: var(--accent);
      }
      table {
        grid-column: 1 / -1;
        width: 100%;
        margin-top: 0.5rem;
        border-collapse: collapse;
        font-size: 0.875rem;
      }
      th,
      td {
        padding: 0.25rem 0.75rem 0.25rem 0;
        font-weight: 400;
        text-align: left;
        vertical-align: top;
      }
      thead th {
        color: var(--ink-faint);
      }
      td:not(:last-child) {
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      @media (prefers-reduced-motion: reduce) {
        progress::-webkit-progress-value {
          transition: none;
        }
      }
    `,
  ];
}

/** The second line: what was wished, or what was made. */
function told({ brief, take, air, booked, mine }: Booking): string {
  if (booked === "benchmark" || brief === null) return "One short take by each";
  const facts = take ?? brief;
  const bpm = facts.bpm === null ? "" : `${Math.round(facts.bpm)} bpm`;
  const words = [capital(brief.genre), bpm, facts.key ?? "", minutes(facts.seconds), take?.licence ?? "", air && take === null ? "to be queued" : "", mine ? "" : "by somebody else"];
  return words.filter((word) => word !== "").join(" · ");
}

function measured(found: Measured[]): TemplateResult {
  if (found.length === 0) return html`<span class="standing">There was no backend to measure.</span>`;
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Backend</th>
        <th scope="col">Speed</th>
        <th scope="col">Memory</th>
        <th scope="col">Licence</th>
      </tr>
    </thead>
    ${found.map(
      (one) => html`<tr>
        <th scope="row">${one.backend}</th>
        ${one.error === null
          ? html`<td>${(one.audio_seconds_per_second ?? 0).toFixed(1)}×</td>
              <td>${size(one.resident_bytes ?? 0)}</td>
              <td>${one.licence}</td>`
          : html`<td colspan="2">–</td>
              <td>${one.error}</td>`}
      </tr>`,
    )}
  </table>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-bookings": SonicBookings;
  }
}

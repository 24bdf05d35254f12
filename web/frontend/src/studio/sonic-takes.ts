import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { minutes, rows } from "../dj/rows.styles";
import { control } from "../elements/control.styles";
import { form } from "../session/form.styles";
import { lasting, secondsSince } from "../outs/amounts";
import { Asked } from "../outs/asked";
import "./sonic-hear";
import type { Studio, Take } from "./studio";
import { capital } from "./studio-words";

const ASK_EVERY_MS = 15_000;

/** What the studio made last, with what the critic said and under which licence. */
@customElement("sonic-takes")
export class SonicTakes extends LitElement {
  @property({ attribute: false }) studio!: Studio;

  readonly #asked = new Asked<Take[]>(this, ASK_EVERY_MS, () => this.studio.takes());

  /** Asks anew, for there is another one. */
  look(): void {
    void this.#asked.now();
  }

  protected override render(): TemplateResult {
    return html`<h2>Made last</h2>
      ${this.#told()}`;
  }

  #told(): TemplateResult {
    const { answer, problem } = this.#asked;
    if (answer === null) return problem === "" ? html`<p class="empty">Looking.</p>` : html`<p class="said wrong">${problem}</p>`;
    if (answer.length === 0) return html`<p class="empty">The studio has made nothing for this station yet.</p>`;
    return html`<ol>
      ${repeat(answer, (take) => take.track_id, (take) => this.#row(take))}
    </ol>`;
  }

  #row(take: Take): TemplateResult {
    const { score, ...parts } = take.scores;
    const facts = [capital(take.genre), take.bpm === null ? "" : `${Math.round(take.bpm)} bpm`, take.key ?? "", minutes(take.seconds), take.backend];
    const rights = [take.licence, take.commercial_ok ? "" : "not for stations that earn money", take.attribution];
    return html`<li>
      <span class="score" title="The critic's score, of 100">${score === undefined ? "–" : Math.round(score)}</span>
      <div class="song">
        <b>${take.title}</b>
        <span>${facts.filter((fact) => fact !== "").join(" · ")}</span>
        <span ?data-wrong=${!take.commercial_ok}>${rights.filter((word) => word !== "").join(" · ")}</span>
        ${Object.keys(parts).length === 0
          ? nothing
          : html`<details>
              <summary>What the critic heard</summary>
              <table>
                ${Object.entries(parts).map(([name, value]) => html`<tr>
                    <th scope="row">${capital(name.replaceAll("_", " "))}</th>
                    <td>${rounded(value)}</td>
                  </tr>`)}
              </table>
            </details>`}
      </div>
      <sonic-hear .studio=${this.studio} track=${take.track_id} song=${take.title}></sonic-hear>
      <span class="time">${take.aired_at === null ? "not aired yet" : `aired ${lasting(secondsSince(take.aired_at))} ago`}</span>
    </li>`;
  }

  static override styles = [
    control,
    form,
    rows,
    css`
      li {
        grid-template-columns: auto minmax(0, 1fr) auto auto;
        align-items: start;
        padding: 0.7rem 0;
      }
      .score {
        min-width: 2.2rem;
        font-size: 1.25rem;
        font-weight: 620;
        font-variant-numeric: tabular-nums;
      }
      .song > span {
        white-space: normal;
      }
      [data-wrong] {
        color: var(--alert) !important;
      }
      summary {
        width: fit-content;
        color: var(--ink-soft);
        font-size: 0.875rem;
        cursor: pointer;
      }
      table {
        margin-top: 0.25rem;
        border-collapse: collapse;
        font-size: 0.875rem;
      }
      th,
      td {
        padding: 0.1rem 1.25rem 0.1rem 0;
        font-weight: 400;
        text-align: left;
        font-variant-numeric: tabular-nums;
      }
      th {
        color: var(--ink-faint);
      }
      @media (max-width: 30rem) {
        li {
          grid-template-columns: auto minmax(0, 1fr) auto;
        }
        .time {
          grid-column: 2;
          text-align: left;
        }
      }
    `,
  ];
}

const rounded = (value: number): string => (Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2));

declare global {
  interface HTMLElementTagNameMap {
    "sonic-takes": SonicTakes;
  }
}

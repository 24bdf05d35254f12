import { LitElement, css, html, svg, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { rows } from "../dj/rows.styles";
import { control } from "../elements/control.styles";
import { form } from "../session/form.styles";
import { counted } from "../outs/amounts";
import { Asked } from "../outs/asked";
import type { Belief, Beliefs, Studio } from "./studio";
import { capital } from "./studio-words";

const ASK_EVERY_MS = 60_000;

/** What the station believes its listeners like: for each genre its ways to word a brief, with how sure one may be of each. */
@customElement("sonic-beliefs")
export class SonicBeliefs extends LitElement {
  @property({ attribute: false }) studio!: Studio;

  readonly #asked = new Asked<Beliefs>(this, ASK_EVERY_MS, () => this.studio.beliefs());

  protected override render(): TemplateResult {
    return html`<h2>What listeners like</h2>
      ${this.#told()}`;
  }

  #told(): TemplateResult {
    const { answer, problem } = this.#asked;
    if (answer === null) return problem === "" ? html`<p class="empty">Looking.</p>` : html`<p class="said wrong">${problem}</p>`;
    if (answer.genres.length === 0) {
      return html`<p class="empty">Nothing is known yet. Each take is worded in one of four ways; votes, skips and how long people stay tell which is liked.</p>`;
    }
    return html`<p class="legend">The dot is what is believed, the bar where it lies with ${Math.round(100 * answer.credibility)} % certainty, from nobody likes it to everybody does. Beside it: how likely it is the best of the four.</p>
      ${answer.genres.map(({ genre, variants }) => this.#genre(genre, variants))}`;
  }

  #genre(genre: string, variants: Belief[]): TemplateResult {
    return html`<table>
      <caption>${capital(genre)}</caption>
      ${variants.map(
        (one) => html`<tr>
          <th scope="row">${capital(one.variant)}</th>
          <td class="plot">${interval(one)}</td>
          <td>
            <span class="unseen">liked ${percent(one.mean)}, between ${percent(one.low)} and ${percent(one.high)}, </span><span class="best">best: ${percent(one.best)}</span>
            <small>${counted(one.airings, "airing")}</small>
          </td>
        </tr>`,
      )}
    </table>`;
  }

  static override styles = [
    control,
    form,
    rows,
    css`
      .legend {
        margin: 0;
        color: var(--ink-faint);
        font-size: 0.875rem;
      }
      .unseen {
        position: absolute;
        width: 1px;
        height: 1px;
        overflow: hidden;
        clip-path: inset(50%);
      }
      table {
        position: relative;
        width: 100%;
        margin-top: 1rem;
        border-collapse: collapse;
        font-size: 0.9375rem;
      }
      caption {
        padding-bottom: 0.25rem;
        color: var(--ink-soft);
        font-weight: 500;
        text-align: left;
      }
      tr {
        border-top: 1px solid var(--line);
      }
      th {
        width: 22%;
        padding: 0.3rem 0.75rem 0.3rem 0;
        font-weight: 400;
        text-align: left;
        overflow-wrap: anywhere;
      }
      td:last-child {
        width: 6.5rem;
        padding-left: 0.75rem;
        font-size: 0.875rem;
        line-height: 1.25;
        text-align: right;
        font-variant-numeric: tabular-nums;
      }
      .best {
        white-space: nowrap;
      }
      small {
        display: block;
        color: var(--ink-faint);
        font-size: 0.8125rem;
      }
      svg {
        display: block;
        width: 100%;
        height: 1.5rem;
        overflow: visible;
      }
      .scale {
        stroke: var(--line);
      }
      .sure {
        stroke: var(--accent);
        stroke-width: 6;
        stroke-linecap: round;
        opacity: 0.4;
      }
      circle {
        fill: var(--accent);
      }
    `,
  ];
}

function interval({ mean, low, high }: Belief): TemplateResult {
  return html`<svg aria-hidden="true">
    ${[0, 0.5, 1].map((at) => svg`<line class="scale" x1=${part(at)} x2=${part(at)} y1="0" y2="100%"></line>`)}
    ${svg`<line class="sure" x1=${part(low)} x2=${part(high)} y1="50%" y2="50%"></line><circle cx=${part(mean)} cy="50%" r="5"></circle>`}
  </svg>`;
}

const part = (share: number): string => `${(100 * share).toFixed(1)}%`;
const percent = (share: number): string => `${Math.round(100 * share)} %`;

declare global {
  interface HTMLElementTagNameMap {
    "sonic-beliefs": SonicBeliefs;
  }
}

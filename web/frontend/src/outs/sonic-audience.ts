import { LitElement, css, html, nothing, svg, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { rows } from "../dj/rows.styles";
import { control } from "../elements/control.styles";
import { form } from "../session/form.styles";
import { counted, lasting } from "./amounts";
import { Asked } from "./asked";
import type { Listeners, Outs } from "./outs";

const ASK_EVERY_MS = 5000;
const SHOWN = 8;
const OUTPUTS: Record<string, string> = { hls: "HLS", icy: "Streams", webrtc: "WebRTC" };
const NOBODY_KNOWS = "ZZ";

/** Who listens now: how many, by which output, from where, for how long. */
@customElement("sonic-audience")
export class SonicAudience extends LitElement {
  @property({ attribute: false }) outs!: Outs;

  readonly #asked = new Asked<Listeners>(this, ASK_EVERY_MS, () => this.outs.listeners());

  protected override render(): TemplateResult {
    return html`<h2>Listening now</h2>
      ${this.#told()}`;
  }

  #told(): TemplateResult {
    const { answer, problem } = this.#asked;
    if (answer === null) return problem === "" ? html`<p class="empty">Looking.</p>` : html`<p class="said wrong">${problem}</p>`;
    if (answer.total === 0) return html`<p class="empty">Nobody listens at the moment.</p>`;
    const { total, unique, by_output, by_country } = answer;
    return html`
      <p class="total"><b>${total}</b> ${total === 1 ? "listener" : "listeners"}${unique === total ? nothing : html`<span>, ${unique} of them different</span>`}</p>
      ${bars("By output", by_output, (output) => OUTPUTS[output] ?? output)} ${by_country === null ? nothing : bars("By country", by_country, country)}
      ${this.#latest(answer)}
    `;
  }

  #latest({ sessions }: Listeners): TemplateResult {
    return html`<h3>Who came last</h3>
      <ul>
        ${sessions.slice(0, SHOWN).map(
          (one) => html`<li>
            <span class="song"><b>${OUTPUTS[one.output] ?? one.output}</b><span>${[one.mount, one.country === null ? "" : country(one.country)].filter((word) => word !== "").join(" · ")}</span></span>
            <span class="time">${lasting(one.seconds)}</span>
          </li>`,
        )}
      </ul>
      ${sessions.length > SHOWN ? html`<p class="empty">And ${counted(sessions.length - SHOWN, "more", "more")}.</p>` : nothing}`;
  }

  static override styles = [
    control,
    form,
    rows,
    css`
      h3 {
        margin: 1.25rem 0 0.5rem;
        color: var(--ink-soft);
        font-size: 0.9375rem;
        font-weight: 500;
      }
      .total {
        margin: 0;
        color: var(--ink-soft);
      }
      .total b {
        color: var(--ink);
        font-size: 2rem;
        font-weight: 620;
        font-variant-numeric: tabular-nums;
      }
      li {
        grid-template-columns: minmax(0, 1fr) auto;
        min-height: 2.75rem;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 0.9375rem;
      }
      caption {
        padding-bottom: 0.4rem;
        color: var(--ink-soft);
        font-weight: 500;
        text-align: left;
      }
      table {
        margin-top: 1.25rem;
      }
      th {
        width: 30%;
        padding: 0.25rem 0.75rem 0.25rem 0;
        font-weight: 400;
        text-align: left;
        overflow-wrap: anywhere;
      }
      td:last-child {
        width: 3rem;
        text-align: right;
        font-variant-numeric: tabular-nums;
      }
      svg {
        display: block;
        width: 100%;
        height: 0.6rem;
      }
      rect {
        fill: var(--accent);
      }
    `,
  ];
}

/** Counts as bars, the longest first, of whom the rest are one. */
function bars(caption: string, counts: Record<string, number>, named: (key: string) => string): TemplateResult {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a);
  const rest = sorted.slice(SHOWN).reduce((sum, [, count]) => sum + count, 0);
  const shown = sorted.slice(0, SHOWN).map(([key, count]) => [named(key), count] as const);
  const all = rest === 0 ? shown : [...shown, ["Others", rest] as const];
  const most = Math.max(1, ...all.map(([, count]) => count));
  return html`<table>
    <caption>
      ${caption}
    </caption>
    ${all.map(
      ([name, count]) => html`<tr>
        <th scope="row">${name}</th>
        <td><svg aria-hidden="true">${svg`<rect width=${`${(100 * count) / most}%`} height="100%" rx="3"></rect>`}</svg></td>
        <td>${count}</td>
      </tr>`,
    )}
  </table>`;
}

function country(code: string): string {
  if (code === NOBODY_KNOWS) return "Not known";
  try {
    return new Intl.DisplayNames([], { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-audience": SonicAudience;
  }
}

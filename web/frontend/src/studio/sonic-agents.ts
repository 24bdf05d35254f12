import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { rows } from "../dj/rows.styles";
import { control } from "../elements/control.styles";
import { form } from "../session/form.styles";
import { counted, lasting, secondsSince } from "../outs/amounts";
import { Asked } from "../outs/asked";
import type { Agent, Standing, Studio } from "./studio";
import { AGENTS, AGENT_STATES, capital, dollars } from "./studio-words";

const ASK_EVERY_MS = 5000;
const LOW_MINUTES = 10;

/** How the studio stands: how long its music lasts, how much of it was accepted, what today costs; and who does what. */
@customElement("sonic-agents")
export class SonicAgents extends LitElement {
  @property({ attribute: false }) studio!: Studio;

  readonly #asked = new Asked<Standing>(this, ASK_EVERY_MS, () => this.studio.standing());

  protected override render(): TemplateResult {
    const { answer, problem } = this.#asked;
    return html`<h2>The studio now</h2>
      ${answer !== null ? this.#told(answer) : problem === "" ? html`<p class="empty">Looking.</p>` : html`<p class="said wrong">${problem}</p>`}`;
  }

  #told({ agents, buffer_minutes, waiting_takes, approval_rate, spent_dollars }: Standing): TemplateResult {
    return html`<dl>
        <div ?data-low=${buffer_minutes < LOW_MINUTES}>
          <dt>Ready to air</dt>
          <dd>${Math.round(buffer_minutes)} <span>min</span></dd>
          <dd class="more">${waiting_takes === 0 ? "Nothing waits" : counted(waiting_takes, "take")}</dd>
        </div>
        <div>
          <dt>Accepted</dt>
          <dd>${approval_rate === null ? "–" : html`${Math.round(100 * approval_rate)} <span>%</span>`}</dd>
          <dd class="more">of all takes</dd>
        </div>
        <div>
          <dt>Spent</dt>
          <dd>${dollars(spent_dollars)}</dd>
          <dd class="more">today</dd>
        </div>
      </dl>
      <ul aria-label="Who does what">
        ${agents.map((agent) => row(agent))}
      </ul>`;
  }

  static override styles = [
    control,
    form,
    rows,
    css`
      dl {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: 1rem;
        margin: 0 0 1.25rem;
      }
      dt,
      .more {
        color: var(--ink-faint);
        font-size: 0.875rem;
      }
      dd {
        margin: 0;
        font-size: clamp(1.5rem, 1.1rem + 1.4vw, 2.125rem);
        font-weight: 620;
        line-height: 1.15;
        letter-spacing: -0.015em;
        font-variant-numeric: tabular-nums;
      }
      dd span {
        font-size: 0.9375rem;
        font-weight: 400;
        letter-spacing: 0;
      }
      dd.more {
        font-size: 0.875rem;
        font-weight: 400;
        letter-spacing: 0;
      }
      [data-low] dd:not(.more) {
        color: var(--alert);
      }
      li {
        grid-template-columns: 0.5rem minmax(0, 1fr);
        align-items: start;
        padding: 0.75rem 0;
      }
      .dot {
        width: 0.5rem;
        height: 0.5rem;
        margin-top: 0.45rem;
        border-radius: 50%;
        background: var(--line);
      }
      .dot[data-state="working"] {
        background: var(--accent);
      }
      .dot[data-state="resting"],
      .dot[data-state="away"] {
        background: var(--alert);
      }
      p {
        margin: 0.15rem 0 0;
        color: var(--ink-soft);
        font-size: 0.9375rem;
        overflow-wrap: anywhere;
      }
      .name {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 0.75rem;
      }
      .name span,
      .facts {
        color: var(--ink-faint);
        font-size: 0.875rem;
      }
      .when {
        white-space: nowrap;
      }
      .wrong-word {
        color: var(--alert);
      }
    `,
  ];
}

function row(agent: Agent): TemplateResult {
  const { name, does } = AGENTS[agent.agent] ?? { name: agent.agent, does: "" };
  const state = AGENT_STATES[agent.state] ?? capital(agent.state);
  const when = agent.decided_at === null ? "" : ` · ${lasting(secondsSince(agent.decided_at))} ago`;
  const facts = Object.entries(agent.figures).map(([figure, value]) => `${Math.round(value)} ${figure.replace(/_total$/, "").replaceAll("_", " ")}`);
  if (agent.cost_dollars > 0) facts.push(`${dollars(agent.cost_dollars)} today`);
  return html`<li>
    <span class="dot" data-state=${agent.state} aria-hidden="true"></span>
    <div>
      <div class="name"><b>${name}</b><span>${agent.state === "idle" || agent.doing === "" ? `${state}: ${does}` : state}</span></div>
      ${agent.doing === "" ? nothing : html`<p>${capital(agent.doing)}</p>`}
      ${agent.last_decision === "" ? nothing : html`<p>${capital(agent.last_decision)}<span class="facts when">${when}</span></p>`}
      ${facts.length === 0 ? nothing : html`<p class="facts">${facts.join(" · ")}</p>`}
      ${agent.errors_total === 0 ? nothing : html`<p class="facts wrong-word">${counted(agent.errors_total, "error")}. Last: ${agent.last_error}</p>`}
    </div>
  </li>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-agents": SonicAgents;
  }
}

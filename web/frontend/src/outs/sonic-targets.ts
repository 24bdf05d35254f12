import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { rows } from "../dj/rows.styles";
import "../dj/sonic-confirm";
import type { SonicConfirm } from "../dj/sonic-confirm";
import { control } from "../elements/control.styles";
import { form } from "../session/form.styles";
import { Problem } from "../session/problem";
import { Asked } from "./asked";
import type { Outs, Target } from "./outs";
import { PLATFORMS } from "./platforms";
import "./sonic-target-form";
import { nextTry, standing, tally, why } from "./target-words";

const ASK_EVERY_MS = 2000;

/** The platforms to which the station is published, how each stands, and what may be done about it. */
@customElement("sonic-targets")
export class SonicTargets extends LitElement {
  @property({ attribute: false }) outs!: Outs;
  /** Whether targets may be added, changed and removed. */
  @property({ type: Boolean }) changeable = false;
  /** The id of the one that is being changed; empty: a new one is being added; null: none. */
  @state() private open: string | null = null;
  @state() private busy = false;
  @state() private told = "";
  @state() private problem = "";
  @query("sonic-confirm") private confirm!: SonicConfirm;

  readonly #asked = new Asked<Target[]>(this, ASK_EVERY_MS, () => this.outs.targets());

  protected override render(): TemplateResult {
    return html`
      <h2 id="targets">Published to</h2>
      ${this.#list()}
      <p class="said wrong" role="alert" ?hidden=${this.problem === ""}>${this.problem}</p>
      <p class="said" role="status" ?hidden=${this.told === ""}>${this.told}</p>
      ${this.open === "" ? this.#form(null) : this.#adding()}
      <sonic-confirm></sonic-confirm>
    `;
  }

  #list(): TemplateResult {
    const { answer, problem } = this.#asked;
    if (answer === null) return problem === "" ? html`<p class="empty">Looking.</p>` : html`<p class="said wrong">${problem}</p>`;
    const away = problem === "" ? nothing : html`<p class="said wrong">${problem} What is shown is what was last heard.</p>`;
    if (answer.length === 0) return html`${away}${this.#none()}`;
    return html`${away}
      <ul aria-labelledby="targets">
        ${repeat(answer, (target) => target.id, (target) => (this.open === target.id ? html`<li class="open">${this.#form(target)}</li>` : this.#row(target)))}
      </ul>`;
  }

  #none(): TemplateResult {
    return html`<div class="empty">
      <p>The station is published to no platform yet. Each wants a stream key, which it shows to you alone:</p>
      <dl>
        ${Object.values(PLATFORMS).map(({ title, steps, page }) => html`<dt>${page === "" ? title : html`<a href=${page} target="_blank" rel="noopener noreferrer">${title}</a>`}</dt><dd>${steps.join(" ")}</dd>`)}
      </dl>
    </div>`;
  }

  #row(target: Target): TemplateResult {
    const { name, platform, state, reason } = target;
    const sent = tally(target);
    return html`<li data-state=${state}>
      <span class="dot" aria-hidden="true"></span>
      <span class="song">
        <b>${name}</b>
        <span class="stands">${name === PLATFORMS[platform].title ? "" : `${PLATFORMS[platform].title}: `}${standing(target)}</span>
        ${reason === "" ? nothing : html`<span class="why">${why(target)}</span>`}
        ${target.next_try_at === null ? nothing : html`<span class="why">${nextTry(target)}</span>`} ${sent === "" ? nothing : html`<span>${sent}</span>`}
      </span>
      ${this.changeable ? this.#does(target) : nothing}
    </li>`;
  }

  #does(target: Target): TemplateResult {
    const { id, name, enabled } = target;
    return html`<span class="does">
      <button class="pill" type="button" aria-label=${`Turn ${enabled ? "off" : "on"}: ${name}`} ?disabled=${this.busy} @click=${() => this.#turn(target)}>
        ${enabled ? "Turn off" : "Turn on"}
      </button>
      <button class="pill" type="button" aria-label=${`Change: ${name}`} ?disabled=${this.busy} @click=${() => this.#opened(id)}>Change</button>
      <button class="pill" type="button" aria-label=${`Remove: ${name}`} ?disabled=${this.busy} @click=${() => this.#remove(target)}>Remove</button>
    </span>`;
  }

  #adding(): TemplateResult {
    if (!this.changeable) return html`<p class="note">This account may look, and change nothing here.</p>`;
    return html`<button class="pill first" type="button" ?disabled=${this.busy} @click=${() => this.#opened("")}>Add a platform</button>`;
  }

  #form(target: Target | null): TemplateResult {
    return html`<sonic-target-form
      .outs=${this.outs}
      .target=${target}
      @done=${(event: CustomEvent<string>) => {
        this.open = null;
        this.told = event.detail;
        void this.#asked.now();
      }}
    ></sonic-target-form>`;
  }

  #opened(id: string): void {
    this.open = id;
    this.told = this.problem = "";
  }

  async #turn({ id, name, enabled }: Target): Promise<void> {
    await this.#do(() => this.outs.change(id, { enabled: !enabled }), enabled ? `${name} is turned off.` : `${name} is turned on.`);
  }

  async #remove({ id, name }: Target): Promise<void> {
    const text = "Publishing there ends now, and its stream key is forgotten.";
    const yes = await this.confirm.ask({ title: `Remove ${name}?`, text, yes: "Remove it" });
    if (yes) await this.#do(() => this.outs.remove(id), `${name} is removed.`);
  }

  async #do(wish: () => Promise<unknown>, told: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.told = this.problem = "";
    try {
      await wish();
      this.told = told;
    } catch (problem) {
      this.problem = problem instanceof Problem ? problem.message : "Something went wrong in this page. Load it again.";
    }
    this.busy = false;
    await this.#asked.now();
  }

  static override styles = [
    control,
    form,
    rows,
    css`
      li {
        align-items: start;
        padding: 0.9rem 0;
      }
      li.open {
        grid-template-columns: minmax(0, 1fr);
      }
      .song > * {
        white-space: normal;
        overflow-wrap: anywhere;
      }
      .does {
        flex-wrap: wrap;
        justify-content: end;
        gap: 0.4rem;
      }
      .dot {
        width: 0.6rem;
        height: 0.6rem;
        margin-top: 0.4rem;
        border-radius: 50%;
        box-shadow: inset 0 0 0 1.5px var(--ink-faint);
      }
      [data-state="live"] .dot {
        box-shadow: none;
        background: var(--accent);
      }
      [data-state="connecting"] .dot {
        box-shadow: none;
        background: var(--accent);
        animation: breathe 1.6s ease-in-out infinite;
      }
      [data-state="waiting"] .dot,
      [data-state="refused"] .dot {
        box-shadow: none;
        background: var(--alert);
      }
      [data-state="live"] .stands {
        color: var(--accent);
      }
      [data-state="waiting"] .stands,
      [data-state="refused"] .stands,
      .song .why {
        color: var(--alert);
      }
      .said {
        margin: 0.9rem 0;
      }
      .empty p,
      dl,
      dd {
        margin: 0;
      }
      dt {
        margin-top: 0.7rem;
        color: var(--ink);
        font-weight: 500;
      }
      .note {
        color: var(--ink-faint);
        font-size: 0.875rem;
      }
      .first {
        margin-top: 0.9rem;
      }
      sonic-target-form {
        display: block;
        margin-top: 0.9rem;
      }
      .open sonic-target-form {
        margin: 0;
      }
      @keyframes breathe {
        50% {
          opacity: 0.25;
        }
      }
      @media (max-width: 35rem) {
        li {
          grid-template-columns: auto minmax(0, 1fr);
        }
        .does {
          grid-column: 1 / -1;
          justify-content: start;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .dot {
          animation: none !important;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-targets": SonicTargets;
  }
}

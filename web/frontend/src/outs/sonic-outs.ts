import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { djStyles } from "../dj/sonic-dj.styles";
import { control } from "../elements/control.styles";
import { icons } from "../elements/icons";
import { pageHead } from "../page-head.styles";
import { form } from "../session/form.styles";
import { Problem } from "../session/problem";
import { Session } from "../session/session";
import "../session/sonic-sign-in";
import "../session/sonic-who";
import { Outs, RIGHTS } from "./outs";
import "./sonic-airchecks";
import "./sonic-audience";
import "./sonic-targets";

/** The ways out of one station: where it is published, who listens, and what was recorded. */
@customElement("sonic-outs")
export class SonicOuts extends LitElement {
  @property() station = "";
  @property() name = "";
  @state() private known = false;
  @state() private problem = "";

  readonly #session = new Session(() => this.requestUpdate());
  #outs!: Outs;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#outs = new Outs(this.#session, this.station);
    void this.#session
      .resume()
      .catch((problem: unknown) => (this.problem = problem instanceof Problem ? problem.message : "Something went wrong in this page. Load it again."))
      .finally(() => (this.known = true));
  }

  protected override render(): TemplateResult {
    const { me } = this.#session;
    return html`
      <div class="glow" aria-hidden="true"></div>
      <header>
        <a class="name" href="/public/${this.station}">${icons.mark}<span>${this.name}</span></a>
        <slot name="stations"></slot>
        ${me === null ? nothing : html`<sonic-who .session=${this.#session} .me=${me} .station=${this.station} here="outs"></sonic-who>`}
      </header>
      <div class="notices" role="alert">${this.problem === "" ? nothing : html`<p class="said wrong">${this.problem}</p>`}</div>
      ${me !== null ? this.#blocks() : this.known ? html`<sonic-sign-in .session=${this.#session}></sonic-sign-in>` : html`<p class="wait">One moment.</p>`}
    `;
  }

  #blocks(): TemplateResult {
    const may = (right: string): boolean => this.#session.may(right);
    return html`<main>
      <h1 class="unseen">The outs of ${this.name}</h1>
      <div class="side">
        ${may(RIGHTS.targets)
          ? html`<section aria-label="Published to"><sonic-targets .outs=${this.#outs} ?changeable=${may(RIGHTS.manage)}></sonic-targets></section>`
          : withheld("where the station is published")}
      </div>
      <div class="side">
        ${may(RIGHTS.listeners) ? html`<section aria-label="Listening now"><sonic-audience .outs=${this.#outs}></sonic-audience></section>` : withheld("who listens")}
        ${may(RIGHTS.aircheck) ? html`<section aria-label="Recorded"><sonic-airchecks .outs=${this.#outs}></sonic-airchecks></section>` : withheld("what was recorded")}
      </div>
    </main>`;
  }

  static override styles = [control, form, pageHead, djStyles];
}

function withheld(what: string): TemplateResult {
  return html`<p class="said">This account may not see ${what}. An administrator can change that.</p>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-outs": SonicOuts;
  }
}

import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { control } from "../elements/control.styles";
import { entrance } from "../session/entrance.styles";
import { form } from "../session/form.styles";
import { Problem } from "../session/problem";
import { send } from "../session/send";
import { PAPERS, type Arrival } from "./arrival";

const FIELDS = {
  name: html`<label>Name<input name="name" autocomplete="name" maxlength="100" /></label>`,
  email: html`<label>E-mail<input name="email" type="email" autocomplete="username" required maxlength="254" /></label>`,
  password: html`<label>Password<input name="password" type="password" autocomplete="new-password" required maxlength="1024" /></label>`,
};

/** One thing to be done by somebody who is not logged in. Says `done` (string: what to tell), empty when it was given up. */
@customElement("sonic-arrival")
export class SonicArrival extends LitElement {
  @property({ attribute: false }) arrival: Arrival = { kind: "forgot", code: "" };
  @state() private busy = false;
  @state() private problem = "";

  protected override render(): TemplateResult {
    const { kind } = this.arrival;
    if (kind === "oauth") return this.#oauth();
    const { title, text, fields, button } = PAPERS[kind];
    return html`<form @submit=${this.#submit}>
      <h1>${title}</h1>
      <p>${text}</p>
      ${this.problem === "" ? nothing : html`<p class="said wrong" role="alert">${this.problem}</p>`} ${fields.map((field) => FIELDS[field])}
      <button class="pill first" ?disabled=${this.busy}>${this.busy ? "One moment" : button}</button>
      <button class="pill" type="button" @click=${() => this.#done("")}>Not now</button>
    </form>`;
  }

  #oauth(): TemplateResult {
    return html`<form @submit=${(event: Event) => event.preventDefault()}>
      <h1>That did not work</h1>
      <p class="said wrong" role="alert">Logging in by the other house was not completed: ${this.arrival.code.replaceAll("-", " ").slice(0, 80)}.</p>
      <button class="pill first" type="button" @click=${() => this.#done("")}>Log in here</button>
    </form>`;
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { kind, code } = this.arrival;
    if (this.busy || kind === "oauth") return;
    const { address, done } = PAPERS[kind];
    const body: Record<string, string> = Object.fromEntries([...new FormData(event.target as HTMLFormElement)].map(([name, value]) => [name, String(value)]));
    if (code !== "") body["token"] = code;
    this.busy = true;
    this.problem = "";
    try {
      await send(address, body);
      this.#done(done);
    } catch (problem) {
      this.problem = problem instanceof Problem ? problem.message : "Something went wrong in this page.";
    }
    this.busy = false;
  };

  #done(told: string): void {
    this.dispatchEvent(new CustomEvent<string>("done", { detail: told }));
  }

  static override styles = [
    control,
    form,
    entrance,
    css`
      p {
        margin: 0;
        color: var(--ink-soft);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-arrival": SonicArrival;
  }
}

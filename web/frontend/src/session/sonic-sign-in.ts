import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { control } from "../elements/control.styles";
import { entrance } from "./entrance.styles";
import { form } from "./form.styles";
import { Problem } from "./problem";
import type { Session } from "./session";

/** What the station says when the password is right and the second factor is missing. */
const NEEDS_CODE = "second-factor-needed";

/** The form to log in. The second factor is asked for when the station asks for it. */
@customElement("sonic-sign-in")
export class SonicSignIn extends LitElement {
  @property({ attribute: false }) session!: Session;
  @state() private wantsCode = false;
  @state() private busy = false;
  @state() private problem = "";

  protected override render(): TemplateResult {
    return html`
      <form @submit=${this.#submit}>
        <h1>Log in</h1>
        ${this.problem === "" ? nothing : html`<p class="said wrong" role="alert">${this.problem}</p>`}
        <label>E-mail<input name="email" type="email" autocomplete="username" required maxlength="254" /></label>
        <label>Password<input name="password" type="password" autocomplete="current-password" required maxlength="1024" /></label>
        ${this.wantsCode
          ? html`<label
              >Code of your authenticator, or a recovery code<input name="code" autocomplete="one-time-code" required minlength="6" maxlength="32" autocapitalize="off"
            /></label>`
          : nothing}
        <button class="pill first" ?disabled=${this.busy}>${this.busy ? "One moment" : "Log in"}</button>
        <slot></slot>
      </form>
    `;
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const sent = new FormData(event.target as HTMLFormElement);
    const of = (name: string): string => String(sent.get(name) ?? "");
    this.busy = true;
    this.problem = "";
    try {
      await this.session.login(of("email").trim(), of("password"), of("code").replaceAll(" ", ""));
    } catch (problem) {
      this.#refused(problem instanceof Problem ? problem : new Problem("Something went wrong in this page.", 0, "", null));
    }
    this.busy = false;
  };

  #refused(problem: Problem): void {
    const asksNow = !this.wantsCode && problem.code === NEEDS_CODE;
    this.wantsCode ||= asksNow;
    this.problem = asksNow ? "" : problem.message;
    if (asksNow) void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLInputElement>("[name=code]")?.focus());
  }

  static override styles = [
    control,
    form,
    entrance,
    css`
      .pill {
        height: 3rem;
        margin-top: 0.4rem;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-sign-in": SonicSignIn;
  }
}

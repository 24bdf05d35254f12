import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { djStyles } from "../dj/sonic-dj.styles";
import { rows } from "../dj/rows.styles";
import { control } from "../elements/control.styles";
import { icons } from "../elements/icons";
import { pageHead } from "../page-head.styles";
import { form } from "../session/form.styles";
import { Problem } from "../session/problem";
import { Session } from "../session/session";
import "../session/sonic-sign-in";
import "../session/sonic-who";
import { arrivalAt, type Arrival } from "./arrival";
import "./sonic-arrival";

/** One login of this account on one device. */
interface Login {
  id: string;
  device: string;
  client: string;
  last_used_at: string;
  current: boolean;
}

/** Who one is here: the logins, each of which can be ended, and the password. */
@customElement("sonic-account")
export class SonicAccount extends LitElement {
  @state() private known = false;
  @state() private arrival: Arrival | null = null;
  @state() private logins: Login[] | null = null;
  @state() private busy = false;
  @state() private told = "";
  @state() private problem = "";
  readonly #session = new Session(() => {
    this.requestUpdate();
    this.logins = null;
    if (this.#session.me !== null) void this.#read();
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.#arrive();
    window.addEventListener("hashchange", this.#arrive);
    void this.#session
      .resume()
      .catch((problem: unknown) => this.#wrong(problem))
      .finally(() => (this.known = true));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("hashchange", this.#arrive);
  }

  /** Takes what a link brought out of the address, so that it stays in no history. */
  readonly #arrive = (): void => {
    const arrival = arrivalAt(location.hash);
    if (arrival === null) return;
    history.replaceState(null, "", location.pathname);
    this.arrival = arrival;
  };

  protected override render(): TemplateResult {
    const { me } = this.#session;
    return html`
      <div class="glow" aria-hidden="true"></div>
      <header>
        <a class="name" href="/">${icons.mark}<span>SonicForge</span></a>
        ${me === null ? nothing : html`<sonic-who .session=${this.#session} .me=${me} here="account"></sonic-who>`}
      </header>
      <div class="notices">
        <div role="alert">${this.problem === "" ? nothing : html`<p class="said wrong">${this.problem}</p>`}</div>
        <div role="status">${this.told === "" ? nothing : html`<p class="said">${this.told}</p>`}</div>
      </div>
      ${this.arrival !== null ? this.#arrived(this.arrival) : me !== null ? this.#whole(me.name || me.email, me.email, me.role) : this.#stranger()}
    `;
  }

  #arrived(arrival: Arrival): TemplateResult {
    return html`<sonic-arrival
      .arrival=${arrival}
      @done=${(event: CustomEvent<string>) => {
        this.arrival = null;
        this.told = event.detail;
      }}
    ></sonic-arrival>`;
  }

  #stranger(): TemplateResult {
    if (!this.known) return html`<p class="wait">One moment.</p>`;
    return html`<sonic-sign-in .session=${this.#session}>
      <p class="soft">
        <button class="link" type="button" @click=${() => (this.arrival = { kind: "register", code: "" })}>Make an account</button>
        <button class="link" type="button" @click=${() => (this.arrival = { kind: "forgot", code: "" })}>Forgotten the password?</button>
      </p>
    </sonic-sign-in>`;
  }

  #whole(name: string, email: string, role: string): TemplateResult {
    return html`<main>
      <div class="side">
        <section aria-label="Account">
          <h1>${name}</h1>
          <p class="soft">${name === email ? role : `${email}, ${role}`}</p>
        </section>
        <section aria-label="Password">
          <h2>Change the password</h2>
          <form @submit=${this.#changePassword}>
            <label>Present password<input name="old" type="password" autocomplete="current-password" required maxlength="1024" /></label>
            <label>New password<input name="new" type="password" autocomplete="new-password" required minlength="8" maxlength="1024" /></label>
            <button class="pill" ?disabled=${this.busy}>Change it</button>
          </form>
        </section>
      </div>
      <section class="side" aria-label="Logins">
        <div>
          <h2 id="logins">Where you are logged in</h2>
          ${this.logins === null
            ? html`<p class="empty">Looking.</p>`
            : html`<ul aria-labelledby="logins">
                ${repeat(this.logins, (login) => login.id, (login) => this.#login(login))}
              </ul>`}
        </div>
      </section>
    </main>`;
  }

  #login(login: Login): TemplateResult {
    const used = new Date(login.last_used_at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
    return html`<li>
      <span class="song"><b>${login.device || "Unknown device"}</b><span>${login.client}, ${used}</span></span>
      ${login.current
        ? html`<span class="time">This one</span>`
        : html`<button class="pill" type="button" ?disabled=${this.busy} aria-label=${`End the login on ${login.device || "the unknown device"}`} @click=${() => this.#end(login)}>End</button>`}
    </li>`;
  }

  async #read(): Promise<void> {
    try {
      this.logins = (await this.#session.ask<{ items: Login[] }>("GET", "/api/v1/auth/sessions")).items;
    } catch (problem) {
      this.#wrong(problem);
    }
  }

  async #end(login: Login): Promise<void> {
    await this.#do(() => this.#session.ask("DELETE", `/api/v1/auth/sessions/${encodeURIComponent(login.id)}`), "That login is ended.");
    await this.#read();
  }

  readonly #changePassword = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const element = event.target as HTMLFormElement;
    const sent = new FormData(element);
    const body = { current_password: String(sent.get("old")), password: String(sent.get("new")) };
    if (await this.#do(() => this.#session.ask("POST", "/api/v1/auth/password/change", body), "The password is changed.")) element.reset();
  };

  async #do(wish: () => Promise<unknown>, told: string): Promise<boolean> {
    this.busy = true;
    this.problem = this.told = "";
    try {
      await wish();
      this.told = told;
      return true;
    } catch (problem) {
      this.#wrong(problem);
      return false;
    } finally {
      this.busy = false;
    }
  }

  #wrong(problem: unknown): void {
    this.problem = problem instanceof Problem ? problem.message : "Something went wrong in this page. Load it again.";
  }

  static override styles = [
    control,
    form,
    rows,
    pageHead,
    djStyles,
    css`
      h1 {
        margin: 0;
        font-size: clamp(1.75rem, 5vw, 2.5rem);
        font-weight: 620;
        letter-spacing: -0.02em;
        overflow-wrap: anywhere;
      }
      .soft {
        margin: 0.4rem 0 0;
        color: var(--ink-soft);
        overflow-wrap: anywhere;
      }
      .link {
        margin-right: 1.25rem;
        text-decoration: underline;
        text-underline-offset: 0.2em;
      }
      form {
        display: grid;
        gap: 1rem;
        justify-items: start;
        max-width: 24rem;
      }
      label {
        width: 100%;
      }
      li {
        grid-template-columns: minmax(0, 1fr) auto;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-account": SonicAccount;
  }
}

import { LitElement, css, html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { control } from "../elements/control.styles";
import { form } from "./form.styles";
import type { Me, Session } from "./session";

/** Any of these opens the page of the outs. */
const OUTS = ["station:targets:read", "station:listeners:read", "station:aircheck:read"];
const STUDIO = "station:studio:run";

/** Who is logged in, the ways to the other pages, and the way out. Give it `me` too, so that it sees a change. */
@customElement("sonic-who")
export class SonicWho extends LitElement {
  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) me!: Me;
  /** Where the links lead; empty: the first station. */
  @property() station = "";
  /** The page that this is. */
  @property() here: "desk" | "outs" | "studio" | "account" = "desk";

  protected override render(): TemplateResult {
    const of = this.station === "" ? "" : `/${encodeURIComponent(this.station)}`;
    const outs = OUTS.some((right) => this.session.may(right));
    return html`<nav aria-label="Pages">
        ${this.#link("desk", `/dj${of}`, "Desk")} ${outs ? this.#link("outs", `/outs${of}`, "Outs") : ""}
        ${this.session.may(STUDIO) ? this.#link("studio", `/studio${of}`, "Studio") : ""}
        ${this.#link("account", "/account", html`<span class="long">${this.me.name || this.me.email}</span><span class="short">Account</span>`)}
      </nav>
      <button class="pill" type="button" @click=${() => this.session.logout()}>Log out</button>`;
  }

  #link(page: SonicWho["here"], address: string, words: string | TemplateResult): TemplateResult {
    return html`<a href=${address} aria-current=${page === this.here ? "page" : "false"}>${words}</a>`;
  }

  static override styles = [
    control,
    form,
    css`
      :host,
      nav {
        display: flex;
        align-items: center;
        min-width: 0;
      }
      :host {
        gap: 0.9rem;
        color: var(--ink-soft);
        font-size: 0.9375rem;
      }
      nav {
        gap: 0.2rem;
        overflow-x: auto;
        scrollbar-width: none;
      }
      a {
        padding: 0.45rem 0.7rem;
        border-radius: 1.25rem;
        text-decoration: none;
        white-space: nowrap;
      }
      a:last-child {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .short {
        display: none;
      }
      a:hover,
      a[aria-current="page"] {
        background: var(--raised);
        color: var(--ink);
      }
      .pill {
        flex: none;
      }
      @media (max-width: 35rem) {
        :host {
          gap: 0.4rem;
        }
        a {
          padding: 0.45rem 0.5rem;
        }
        .pill {
          padding: 0 0.8rem;
        }
        .long {
          display: none;
        }
        .short {
          display: inline;
        }
      }
      @media (max-width: 26rem) {
        :host {
          gap: 0.25rem;
          font-size: 0.875rem;
        }
        nav {
          gap: 0;
        }
        a {
          padding: 0.45rem 0.28rem;
        }
        .pill {
          padding: 0 0.6rem;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-who": SonicWho;
  }
}

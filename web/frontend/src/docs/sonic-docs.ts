import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { control } from "../elements/control.styles";
import { fetchDocument, operationsByTag, type ApiDocument } from "./document";
import "./sonic-operation";

/** The API's document, to read: every address by its subject, and every kind of problem. */
@customElement("sonic-docs")
export class SonicDocs extends LitElement {
  @state() private document: ApiDocument | null = null;
  @state() private failure = "";
  @state() private sought = "";

  override connectedCallback(): void {
    super.connectedCallback();
    fetchDocument().then(
      (document) => (this.document = document),
      (error: unknown) => (this.failure = String(error instanceof Error ? error.message : error)),
    );
  }

  /** Whoever came for one place is led there once it stands. */
  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("document") || this.document === null || location.hash.length < 2) return;
    this.renderRoot.querySelector(`#${CSS.escape(location.hash.slice(1))}`)?.scrollIntoView();
  }

  protected override render(): TemplateResult {
    if (this.failure !== "") return html`<slot></slot><p class="failure" role="alert">${this.failure}</p>`;
    if (this.document === null) return html`<slot></slot>`;
    const { info } = this.document;
    const found = operationsByTag(this.document, this.sought);
    return html`
      <header>
        <h1>${info.title} <small>${info.version}</small></h1>
        <p>
          Every address of this station, what it takes and what it answers. The same for programs:
          <a href="/openapi.json">openapi.json</a>. Send an access token as <code>Authorization: Bearer</code>, or an API key as
          <code>X-API-Key</code>.
        </p>
        <input type="search" placeholder="Find an address" aria-label="Find an address" @input=${this.#seek} />
      </header>
      <nav aria-label="Subjects">
        ${[...found.keys()].map((tag) => html`<a href="#${anchor(tag)}" @click=${this.#go}>${tag}</a>`)}
        <a href="#problems" @click=${this.#go}>problems</a>
      </nav>
      <main>${found.size === 0 ? html`<p>Nothing here is called that.</p>` : nothing} ${this.#tags(found)} ${this.#problems()}</main>
    `;
  }

  #tags(found: ReturnType<typeof operationsByTag>): unknown {
    return repeat(
      found,
      ([tag]) => tag,
      ([tag, operations]) => html`<section id=${anchor(tag)}>
        <h2>${tag}</h2>
        ${repeat(
          operations,
          ({ operationId }) => operationId,
          (operation) =>
            html`<sonic-operation id=${operation.operationId} .document=${this.document!} .operation=${operation}></sonic-operation>`,
        )}
      </section>`,
    );
  }

  #problems(): TemplateResult {
    return html`<section id="problems">
      <h2>problems</h2>
      <p>Whatever is refused is answered with <code>application/problem+json</code> (RFC 9457). The last part of its type says which kind it is.</p>
      <dl>
        ${this.document!["x-problems"].map(
          ({ code, title, status }) => html`<dt id="problem-${code}"><code>${code}</code></dt>
            <dd>${title}. <span>${status}</span></dd>`,
        )}
      </dl>
    </section>`;
  }

  #seek = (event: Event): void => {
    this.sought = (event.target as HTMLInputElement).value;
  };

  /** A browser finds no anchor inside an element by itself. */
  #go = (event: Event): void => {
    event.preventDefault();
    const hash = (event.currentTarget as HTMLAnchorElement).hash;
    history.replaceState(null, "", hash);
    this.renderRoot.querySelector(`#${CSS.escape(hash.slice(1))}`)?.scrollIntoView();
  };

  static override styles = [
    control,
    css`
      :host {
        display: grid;
        grid-template-columns: 11rem minmax(0, 1fr);
        gap: 2.5rem clamp(1.5rem, 4vw, 4rem);
        max-width: 76rem;
        margin: 0 auto;
        padding: 3.5rem var(--gutter) 6rem;
      }
      :host(:not(:has(main))) {
        grid-template-columns: minmax(0, 1fr);
      }
      slot,
      header {
        grid-column: 1 / -1;
      }
      h1 {
        margin: 0 0 0.75rem;
        font-size: clamp(2rem, 5vw, 2.75rem);
        font-weight: 600;
        line-height: 1.05;
        letter-spacing: -0.025em;
      }
      small {
        font-size: 1rem;
        font-weight: 400;
        letter-spacing: 0;
        color: var(--ink-faint);
      }
      header p,
      section p {
        margin: 0 0 1.25rem;
        max-width: 44rem;
        color: var(--ink-soft);
      }
      input {
        width: min(100%, 24rem);
        padding: 0.6rem 0.9rem;
        border: 1px solid var(--line);
        border-radius: 0.5rem;
        background: var(--raised);
      }
      input::placeholder {
        color: var(--ink-faint);
      }
      nav {
        position: sticky;
        top: 1.5rem;
        align-self: start;
        display: grid;
        gap: 0.1rem;
        max-height: calc(100svh - 3rem);
        overflow-y: auto;
        font-size: 0.9375rem;
      }
      nav a {
        padding: 0.3rem 0;
        color: var(--ink-soft);
        text-decoration: none;
      }
      nav a:hover {
        color: var(--ink);
      }
      h2 {
        margin: 0 0 0.75rem;
        font-size: 1.375rem;
        font-weight: 600;
        letter-spacing: -0.015em;
      }
      h2::first-letter {
        text-transform: uppercase;
      }
      section {
        margin-bottom: 3rem;
        scroll-margin-top: 1.5rem;
      }
      code {
        font: 0.875em / 1.5 ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace;
      }
      dl {
        display: grid;
        grid-template-columns: minmax(0, 14rem) minmax(0, 1fr);
        margin: 0;
      }
      dt,
      dd {
        margin: 0;
        padding: 0.45rem 0;
        border-top: 1px solid var(--line);
        scroll-margin-top: 1.5rem;
      }
      dd {
        color: var(--ink-soft);
      }
      dd span {
        color: var(--ink-faint);
        font-variant-numeric: tabular-nums;
      }
      .failure {
        color: var(--alert);
      }
      @media (max-width: 48rem) {
        :host {
          grid-template-columns: minmax(0, 1fr);
        }
        nav {
          position: static;
          display: flex;
          flex-wrap: wrap;
          gap: 0.25rem 1rem;
        }
        dl {
          grid-template-columns: minmax(0, 1fr);
        }
        dd {
          border-top: 0;
          padding-top: 0;
        }
      }
    `,
  ];
}

/** An operation's own name never has this shape. */
function anchor(tag: string): string {
  return `about-${tag.replaceAll(/\W+/g, "-")}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-docs": SonicDocs;
  }
}

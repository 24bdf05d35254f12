import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { control } from "../elements/control.styles";
import { resolved, type ApiDocument, type Content, type Operation } from "./document";
import { aboutOf, kindOf, linesOf } from "./words";

/** One operation: a line that opens into all that can be said of it. What is closed costs nothing. */
@customElement("sonic-operation")
export class SonicOperation extends LitElement {
  @property({ attribute: false }) document!: ApiDocument;
  @property({ attribute: false }) operation!: Operation;
  @state() private open = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.open = location.hash === `#${this.operation.operationId}`;
  }

  protected override render(): TemplateResult {
    const { method, path, summary } = this.operation;
    return html`<details ?open=${this.open} @toggle=${this.#toggled}>
      <summary>
        <span class="method ${method.toLowerCase()}">${method}</span><code class="path">${path}</code><span class="about">${summary}</span>
      </summary>
      ${this.open ? this.#inside() : nothing}
    </details>`;
  }

  #toggled = (event: Event): void => {
    this.open = (event.target as HTMLDetailsElement).open;
  };

  #inside(): TemplateResult {
    const { description, parameters, requestBody, responses } = this.operation;
    const limit = this.operation["x-limit"];
    return html`<div class="inside">
      ${description === undefined ? nothing : html`<p>${description}</p>`}
      <p class="rights">
        ${this.operation["x-permission"] === "public" ? "Open to everybody." : html`Takes <code>${this.operation["x-permission"]}</code>.`}
        ${limit === undefined ? nothing : html`At most ${limit.requests} times in ${limit.seconds} seconds.`}
      </p>
      ${parameters.length === 0 ? nothing : this.#parameters()}
      ${requestBody === undefined ? nothing : html`<h4>Send</h4>${this.#content(requestBody.content)}`}
      <h4>Answers</h4>
      <dl class="answers">
        ${Object.entries(responses).map(([status, response]) => {
          const whole = resolved(this.document, response);
          return html`<dt>${status}</dt>
            <dd>${whole.description}${status.startsWith("2") ? this.#content(whole.content ?? {}) : nothing}</dd>`;
        })}
      </dl>
    </div>`;
  }

  #parameters(): TemplateResult {
    return html`<h4>Parameters</h4>
      <table>
        ${this.operation.parameters.map(
          ({ name, in: where, required, description, schema }) => html`<tr>
            <th scope="row"><code>${name}</code>${required ? html`<em>required</em>` : nothing}</th>
            <td>${where}</td>
            <td>${kindOf(this.document, schema)}</td>
            <td>${description} ${aboutOf(schema)}</td>
          </tr>`,
        )}
      </table>`;
  }

  #content(content: Content): TemplateResult[] {
    return Object.entries(content).map(([type, { schema, example }]) => {
      const lines = schema === undefined ? [] : linesOf(this.document, schema);
      return html`<p class="type">${type}</p>
        ${lines.length === 0
          ? nothing
          : html`<table>
              ${lines.map(
                ({ name, kind, required, about, depth }) => html`<tr class="depth-${depth}">
                  <th scope="row"><code>${name}</code>${required ? html`<em>required</em>` : nothing}</th>
                  <td>${kind}</td>
                  <td>${about}</td>
                </tr>`,
              )}
            </table>`}
        ${example === undefined ? nothing : html`<pre tabindex="0">${JSON.stringify(example, null, 2)}</pre>`}`;
    });
  }

  static override styles = [
    control,
    css`
      :host {
        display: block;
        border-top: 1px solid var(--line);
      }
      summary {
        display: grid;
        grid-template-columns: 4.5rem minmax(0, auto) minmax(0, 1fr);
        gap: 0.25rem 1rem;
        align-items: baseline;
        padding: 0.7rem 0;
        cursor: pointer;
        list-style: none;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary:hover .path {
        color: var(--accent);
      }
      .method {
        font-size: 0.8125rem;
        font-weight: 600;
        letter-spacing: 0.03em;
        color: var(--ink-faint);
      }
      .method.post,
      .method.put,
      .method.patch {
        color: var(--accent);
      }
      .method.delete {
        color: var(--alert);
      }
      code,
      pre {
        font: 0.875rem / 1.5 ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace;
      }
      .path {
        overflow-wrap: anywhere;
        transition: color var(--quick);
      }
      .about,
      .rights,
      td,
      .type {
        color: var(--ink-soft);
      }
      .inside {
        padding: 0 0 1.75rem 5.5rem;
      }
      p {
        margin: 0 0 0.5rem;
        max-width: 44rem;
      }
      h4 {
        margin: 1.25rem 0 0.25rem;
        font-size: 0.9375rem;
        font-weight: 600;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 0.9375rem;
      }
      th,
      td {
        padding: 0.35rem 1rem 0.35rem 0;
        border-top: 1px solid var(--line);
        text-align: left;
        vertical-align: top;
        font-weight: 400;
      }
      tr:first-child > * {
        border-top: 0;
      }
      .depth-1 th {
        padding-left: 1.25rem;
      }
      .depth-2 th,
      .depth-3 th,
      .depth-4 th {
        padding-left: 2.5rem;
      }
      em {
        margin-left: 0.5rem;
        font-size: 0.8125rem;
        font-style: normal;
        color: var(--ink-faint);
      }
      .type {
        margin: 0.25rem 0;
        font-size: 0.875rem;
      }
      pre {
        margin: 0.5rem 0 0;
        padding: 0.75rem 1rem;
        max-height: 24rem;
        overflow: auto;
        border-radius: 0.5rem;
        background: var(--raised);
      }
      dl {
        display: grid;
        grid-template-columns: 3rem minmax(0, 1fr);
        gap: 0.4rem 1rem;
        margin: 0.25rem 0 0;
      }
      dt {
        font-variant-numeric: tabular-nums;
        color: var(--ink-faint);
      }
      dd {
        margin: 0;
        min-width: 0;
      }
      @media (max-width: 48rem) {
        summary {
          grid-template-columns: 3.5rem minmax(0, 1fr);
        }
        .about {
          grid-column: 2;
        }
        .inside {
          padding-left: 0;
        }
        table {
          display: block;
          overflow-x: auto;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-operation": SonicOperation;
  }
}

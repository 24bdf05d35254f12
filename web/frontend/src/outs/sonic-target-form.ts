import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { control } from "../elements/control.styles";
import { form } from "../session/form.styles";
import { Problem } from "../session/problem";
import type { Outs, Platform, Target, TargetWish } from "./outs";
import { PLATFORMS } from "./platforms";

/** Adds a target, or changes one. The stream key goes in and never comes out. Says `done` (string: what to tell), empty when given up. */
@customElement("sonic-target-form")
export class SonicTargetForm extends LitElement {
  @property({ attribute: false }) outs!: Outs;
  /** The one to change; null: a new one. */
  @property({ attribute: false }) target: Target | null = null;
  @state() private platform: Platform = "youtube";
  @state() private busy = false;
  @state() private problem: Problem | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.target !== null) this.platform = this.target.platform;
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector<HTMLElement>("select, input")?.focus();
  }

  protected override render(): TemplateResult {
    const { target } = this;
    const { ownAddress } = PLATFORMS[this.platform];
    const hasKey = target?.has_key ?? false;
    return html`<form @submit=${this.#submit} autocomplete="off">
      <h3>${target === null ? "Publish to another platform" : `Change ${target.name}`}</h3>
      ${target === null ? this.#choose() : nothing} ${hasKey ? nothing : this.#steps()}
      ${this.#field("name", html`<input name="name" required maxlength="60" .value=${target?.name ?? PLATFORMS[this.platform].title} aria-describedby="wrong-name" />`, "Name")}
      ${this.#field(
        "address",
        html`<input
          name="address"
          inputmode="url"
          maxlength="300"
          autocapitalize="off"
          spellcheck="false"
          placeholder=${ownAddress ? "rtmps://host/app" : "The platform's own"}
          ?required=${ownAddress}
          .value=${target?.address ?? ""}
          aria-describedby="wrong-address"
        />`,
        ownAddress ? "Address, without the key" : "Another address, if you want one",
      )}
      ${this.#field(
        "key",
        html`<input
          name="key"
          type="password"
          autocomplete="off"
          maxlength="512"
          ?required=${!hasKey}
          placeholder=${hasKey ? "A key is set. Type another one to replace it." : ""}
          aria-describedby="wrong-key"
        />`,
        "Stream key",
      )}
      <label class="tick"><input type="checkbox" name="enabled" ?checked=${target?.enabled ?? true} /> Publish there now</label>
      ${this.problem === null || this.#isAtFields() ? nothing : html`<p class="said wrong" role="alert">${this.problem.message}</p>`}
      <div class="ends">
        <button class="pill first" ?disabled=${this.busy}>${this.busy ? "One moment" : target === null ? "Add it" : "Save"}</button>
        <button class="pill" type="button" @click=${() => this.#done("")}>Cancel</button>
      </div>
    </form>`;
  }

  #choose(): TemplateResult {
    const chosen = (event: Event): void => {
      this.platform = (event.target as HTMLSelectElement).value as Platform;
      this.problem = null;
    };
    return html`<label
      >Platform
      <select name="platform" @change=${chosen}>
        ${Object.entries(PLATFORMS).map(([platform, { title }]) => html`<option value=${platform} ?selected=${platform === this.platform}>${title}</option>`)}
      </select>
    </label>`;
  }

  #steps(): TemplateResult {
    const { steps, page, title } = PLATFORMS[this.platform];
    return html`<ol class="steps">
      ${steps.map((step) => html`<li>${step}</li>`)} ${page === "" ? nothing : html`<li><a href=${page} target="_blank" rel="noopener noreferrer">Go to ${title}</a></li>`}
    </ol>`;
  }

  #field(name: string, input: TemplateResult, label: string): TemplateResult {
    const wrong = this.problem?.wrong[name] ?? "";
    return html`<div><label>${label} ${input}</label><p class="beside" id=${`wrong-${name}`} role="alert">${wrong}</p></div>`;
  }

  /** Whether all that is wrong stands beside a field. */
  #isAtFields(): boolean {
    const names = Object.keys(this.problem?.wrong ?? {});
    return names.length > 0 && names.every((name) => ["name", "address", "key"].includes(name));
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const sent = new FormData(event.target as HTMLFormElement);
    const of = (name: string): string => String(sent.get(name) ?? "").trim();
    const wish: TargetWish = { enabled: sent.has("enabled") };
    // Whatever is as it was is not sent: an address that is sent asks for its key.
    if (of("name") !== this.target?.name) wish.name = of("name");
    if (of("address") !== (this.target?.address ?? "")) wish.address = of("address");
    if (of("key") !== "") wish.key = of("key");
    this.busy = true;
    this.problem = null;
    try {
      if (this.target === null) await this.outs.add({ platform: this.platform, ...wish });
      else await this.outs.change(this.target.id, wish);
      this.#done(`${of("name")} is ${this.target === null ? "added" : "changed"}.`);
    } catch (problem) {
      this.problem = problem instanceof Problem ? problem : new Problem("Something went wrong in this page.", 0, "", null);
    }
    this.busy = false;
  };

  #done(told: string): void {
    this.dispatchEvent(new CustomEvent<string>("done", { detail: told }));
  }

  static override styles = [
    control,
    form,
    css`
      form {
        display: grid;
        gap: 1rem;
        max-width: 30rem;
        padding: 1.25rem;
        border: 1px solid var(--line);
        border-radius: 1.25rem;
      }
      h3 {
        margin: 0;
        font-size: 1.0625rem;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .steps {
        margin: 0;
        padding-left: 1.2rem;
        color: var(--ink-soft);
        font-size: 0.9375rem;
      }
      .beside {
        margin: 0.35rem 0 0;
        color: var(--alert);
        font-size: 0.875rem;
      }
      .beside:empty {
        display: none;
      }
      .tick {
        display: flex;
        align-items: center;
        gap: 0.6rem;
      }
      .ends {
        display: flex;
        flex-wrap: wrap;
        gap: 0.6rem;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-target-form": SonicTargetForm;
  }
}

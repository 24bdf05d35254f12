import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { control } from "../elements/control.styles";
import { form } from "../session/form.styles";

export interface Question {
  title: string;
  text: string;
  yes: string;
}

/** Asks before something that cannot be taken back lightly. The browser's own dialog: it holds the focus, and Escape says no. */
@customElement("sonic-confirm")
export class SonicConfirm extends LitElement {
  @state() private question: Question = { title: "", text: "", yes: "" };
  #answer: (yes: boolean) => void = () => undefined;

  /** True if the answer is yes. */
  async ask(question: Question): Promise<boolean> {
    this.question = question;
    await this.updateComplete;
    const dialog = this.#dialog();
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((answer) => (this.#answer = answer));
  }

  protected override render(): TemplateResult {
    const { title, text, yes } = this.question;
    return html`<dialog aria-labelledby="title" @close=${() => this.#answer(this.#dialog().returnValue === "yes")}>
      <h2 id="title">${title}</h2>
      <p>${text}</p>
      <div>
        <button class="pill" type="button" @click=${() => this.#dialog().close("no")} autofocus>Cancel</button>
        ${yes === "" ? nothing : html`<button class="pill first" type="button" @click=${() => this.#dialog().close("yes")}>${yes}</button>`}
      </div>
    </dialog>`;
  }

  #dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector("dialog") as HTMLDialogElement;
  }

  static override styles = [
    control,
    form,
    css`
      dialog {
        width: min(27rem, calc(100vw - 2.5rem));
        padding: 1.5rem;
        border: 1px solid var(--line);
        border-radius: 1.25rem;
        background: var(--ground);
        color: var(--ink);
        box-shadow: 0 2rem 5rem -1rem oklch(0 0 0 / 0.6);
      }
      dialog::backdrop {
        background: oklch(0 0 0 / 0.55);
      }
      h2 {
        margin: 0 0 0.5rem;
        font-size: 1.25rem;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      p {
        margin: 0 0 1.5rem;
        color: var(--ink-soft);
      }
      div {
        display: flex;
        flex-wrap: wrap;
        justify-content: end;
        gap: 0.75rem;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-confirm": SonicConfirm;
  }
}

import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { rows } from "../dj/rows.styles";
import { control } from "../elements/control.styles";
import { form } from "../session/form.styles";
import { Problem } from "../session/problem";
import { dated, lasting, size } from "./amounts";
import { Asked } from "./asked";
import type { Outs, Recording } from "./outs";

const ASK_EVERY_MS = 30_000;

/** What was on air, recorded, to be taken home. */
@customElement("sonic-airchecks")
export class SonicAirchecks extends LitElement {
  @property({ attribute: false }) outs!: Outs;
  /** The address that is being fetched; empty: none. */
  @state() private fetching = "";
  @state() private problem = "";

  readonly #asked = new Asked<Recording[]>(this, ASK_EVERY_MS, () => this.outs.recordings());

  protected override render(): TemplateResult {
    return html`<h2 id="aircheck">Recorded</h2>
      ${this.#list()}
      <p class="said wrong" role="alert" ?hidden=${this.problem === ""}>${this.problem}</p>`;
  }

  #list(): TemplateResult {
    const { answer, problem } = this.#asked;
    if (answer === null) return problem === "" ? html`<p class="empty">Looking.</p>` : html`<p class="said wrong">${problem}</p>`;
    if (answer.length === 0) return html`<p class="empty">Nothing is recorded yet. A file an hour comes here, and one for each live show.</p>`;
    return html`<ul aria-labelledby="aircheck">
      ${repeat(answer, (recording) => recording.url, (recording) => this.#row(recording))}
    </ul>`;
  }

  #row(recording: Recording): TemplateResult {
    const { kind, began_at, seconds, bytes, dj, cue_url, url } = recording;
    const what = kind === "show" ? `Live show${dj === null || dj === "" ? "" : ` of ${dj}`}` : "Programme";
    const when = dated(began_at);
    return html`<li>
      <span class="song"><b>${what}</b><span>${when} · ${lasting(seconds)} · ${size(bytes)}</span></span>
      <span class="does">
        ${cue_url === null ? nothing : this.#button("Cue sheet", `${what}, ${when}`, cue_url)} ${this.#button("Download", `${what}, ${when}`, url)}
      </span>
    </li>`;
  }

  #button(does: string, what: string, url: string): TemplateResult {
    return html`<button class="pill" type="button" aria-label=${`${does}: ${what}`} ?disabled=${this.fetching !== ""} @click=${() => this.#fetch(url)}>
      ${this.fetching === url ? "One moment" : does}
    </button>`;
  }

  async #fetch(url: string): Promise<void> {
    this.fetching = url;
    this.problem = "";
    try {
      hand(await this.outs.file(url));
    } catch (problem) {
      this.problem = problem instanceof Problem ? problem.message : "The file did not come.";
    }
    this.fetching = "";
  }

  static override styles = [
    control,
    form,
    rows,
    css`
      ul {
        max-height: 30rem;
        overflow-y: auto;
        scrollbar-width: thin;
      }
      li {
        grid-template-columns: minmax(0, 1fr) auto;
      }
      .song > * {
        white-space: normal;
      }
      .does {
        flex-wrap: wrap;
        justify-content: end;
        gap: 0.4rem;
      }
      .said {
        margin-top: 0.9rem;
      }
      @media (max-width: 35rem) {
        li {
          grid-template-columns: minmax(0, 1fr);
          padding: 0.75rem 0;
        }
        .does {
          justify-content: start;
        }
      }
    `,
  ];
}

/** Gives the listener's browser a file, as a link to it would: a link could not show who asks. */
function hand(file: File): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-airchecks": SonicAirchecks;
  }
}

import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { control } from "../elements/control.styles";
import { form } from "../session/form.styles";
import { Problem } from "../session/problem";
import type { Session } from "../session/session";
import type { Desk, Uploaded } from "./desk";
import { rows } from "./rows.styles";
import { send, type Sending } from "./upload";

const KINDS = ".mp3,.flac,.ogg,.oga,.opus,.wav,.m4a,.aac,.aif,.aiff,audio/*";

/** Sends a file of the DJ's. Says `uploaded` (Uploaded). */
@customElement("sonic-upload")
export class SonicUpload extends LitElement {
  @property({ attribute: false }) desk!: Desk;
  @property({ attribute: false }) session!: Session;
  @property({ type: Boolean }) queueable = false;
  @state() private sending: Sending | null = null;
  @state() private name = "";
  @state() private share = 0;
  @state() private told = "";
  @state() private problem = "";

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sending?.cancel();
  }

  protected override render(): TemplateResult {
    return html`
      <h2 id="upload">Upload</h2>
      ${this.sending === null ? this.#choose() : this.#progress()}
      ${this.problem === "" ? nothing : html`<p class="said wrong" role="alert">${this.problem}</p>`}
      ${this.told === "" ? nothing : html`<p class="said" role="status">${this.told}</p>`}
    `;
  }

  #choose(): TemplateResult {
    return html`
      <form @submit=${this.#submit}>
        <input type="file" name="file" accept=${KINDS} required aria-label="A sound file" />
        ${this.queueable ? html`<label class="tick"><input type="checkbox" name="queue" aria-label="Queue it as soon as it is in" checked /> Queue it as soon as it is in</label>` : nothing}
        <button class="pill">Upload</button>
      </form>
    `;
  }

  #progress(): TemplateResult {
    const percent = Math.round(this.share * 100);
    const said = this.share < 1 ? `${percent} %` : "It is being decoded and measured.";
    return html`
      <p class="name">${this.name}</p>
      <div class="bar" role="progressbar" aria-label="Upload" aria-valuemin="0" aria-valuemax="100" aria-valuenow=${percent} aria-valuetext=${said}><div></div></div>
      <p class="state"><span>${said}</span><button class="pill" type="button" @click=${() => this.sending?.cancel()}>Cancel</button></p>
    `;
  }

  protected override updated(): void {
    this.renderRoot.querySelector<HTMLElement>(".bar > div")?.style.setProperty("--share", String(this.share));
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const sent = new FormData(event.target as HTMLFormElement);
    const file = sent.get("file");
    if (!(file instanceof File) || file.size === 0 || this.sending !== null) return;
    this.told = this.problem = "";
    this.name = file.name;
    this.share = 0;
    try {
      this.sending = send(this.desk.uploadAddress(sent.has("queue")), file, await this.session.headers(), (share) => (this.share = share));
      const uploaded = JSON.parse(await this.sending.done) as Uploaded;
      this.told = said(uploaded);
      this.dispatchEvent(new CustomEvent<Uploaded>("uploaded", { detail: uploaded }));
    } catch (problem) {
      if (problem !== null) this.problem = problem instanceof Problem ? problem.message : "The upload failed.";
    }
    this.sending = null;
  };

  static override styles = [
    control,
    form,
    rows,
    css`
      :host,
      form {
        display: grid;
        gap: 0.9rem;
        justify-items: start;
      }
      h2 {
        margin: 0;
      }
      input[type="file"] {
        height: auto;
        padding: 0.7rem 0.9rem;
      }
      input[type="file"]::file-selector-button {
        margin-right: 0.9rem;
        padding: 0.35rem 0.9rem;
        border: 0;
        border-radius: 1rem;
        background: var(--line);
        color: var(--ink);
        font: inherit;
      }
      .tick {
        display: flex;
        align-items: center;
        gap: 0.6rem;
      }
      .bar {
        width: 100%;
        height: 0.4rem;
        border-radius: 0.2rem;
        background: var(--line);
        overflow: hidden;
      }
      .bar > div {
        height: 100%;
        background: var(--accent);
        transform-origin: left;
        transform: scaleX(var(--share, 0));
      }
      .name,
      .state {
        margin: 0;
        width: 100%;
        overflow-wrap: anywhere;
      }
      .state {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
        color: var(--ink-soft);
      }
    `,
  ];
}

function said({ track, new: isNew, entry_id, not_queued }: Uploaded): string {
  const named = track.artist === "" ? track.title : `${track.title}, ${track.artist}`;
  const came = isNew ? "is in the library" : "was in the library already";
  const waits = track.approved ? "" : " It waits for approval.";
  const queued = entry_id !== null ? " It is queued." : not_queued !== null ? ` It is not queued: ${not_queued}` : "";
  return `${named} ${came}.${waits}${queued}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-upload": SonicUpload;
  }
}

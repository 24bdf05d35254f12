import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { control } from "./control.styles";
import { icons } from "./icons";

interface Way {
  name: string;
  hint: string;
  text: string;
}

/** The station's addresses for other players, each ready to be copied. */
@customElement("sonic-elsewhere")
export class SonicElsewhere extends LitElement {
  @property() station = "";
  @state() private copied: string | null = null;

  protected override render(): TemplateResult {
    return html`
      <h2>Listen elsewhere</h2>
      <ul>
        ${this.#ways().map(
          (way) => html`<li>
            <span class="way"><b>${way.name}</b><span>${way.hint}</span></span>
            <button class="round" type="button" aria-label="Copy ${way.name}" title=${way.text} @click=${() => this.#copy(way)}>
              ${this.copied === way.name ? icons.done : icons.copy}
            </button>
          </li>`,
        )}
      </ul>
      <p>
        Or open a playlist file: <a href="/listen/${this.station}.m3u">M3U</a> or <a href="/listen/${this.station}.pls">PLS</a>.
      </p>
      <p class="said" role="status">${this.copied === null ? nothing : `${this.copied} copied.`}</p>
    `;
  }

  #ways(): Way[] {
    const { origin } = location;
    const mounts = `${origin}/listen/${this.station}/radio`;
    return [
      { name: "MP3 stream", hint: "Any player, any internet radio", text: `${mounts}.mp3` },
      { name: "AAC stream", hint: "Smaller at the same sound", text: `${mounts}.aac` },
      { name: "Opus stream", hint: "Best sound for its size", text: `${mounts}.opus` },
      { name: "HLS address", hint: "Phones, TVs, VLC; four qualities", text: `${origin}/hls/${this.station}/live.m3u8` },
      {
        name: "Embed code",
        hint: "This player on your own page",
        text: `<iframe src="${origin}/public/${this.station}/embed" width="100%" height="152" allow="autoplay" title="Radio player"></iframe>`,
      },
    ];
  }

  async #copy(way: Way): Promise<void> {
    try {
      await navigator.clipboard.writeText(way.text);
    } catch {
      window.prompt("Copy this:", way.text); // no clipboard without TLS on other hosts than localhost
      return;
    }
    this.copied = way.name;
    window.setTimeout(() => (this.copied = null), 2500);
  }

  static override styles = [
    control,
    css`
      :host {
        display: block;
      }
      h2 {
        margin: 0 0 1rem;
        font-size: 1.125rem;
        font-weight: 600;
        letter-spacing: -0.01em;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
        min-height: 4.25rem;
        border-top: 1px solid var(--line);
      }
      .way {
        display: grid;
        line-height: 1.3;
      }
      b {
        font-weight: 500;
      }
      .way span,
      p {
        color: var(--ink-faint);
        font-size: 0.875rem;
      }
      p {
        margin: 0;
        padding-top: 1rem;
        border-top: 1px solid var(--line);
      }
      .said {
        min-height: 1.45em;
        padding-top: 0.25rem;
        border: 0;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-elsewhere": SonicElsewhere;
  }
}

import { LitElement, css, html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { paletteOf, type Palette } from "../picture/palette";

/** The cover on air. A new one fades in over the old when it has loaded, and the page hears of its palette by `palette`. */
@customElement("sonic-cover")
export class SonicCover extends LitElement {
  @property() address = "";
  @state() private shown = "";

  protected override willUpdate(): void {
    if (this.address === this.shown || this.address === "") return;
    const address = this.address;
    const image = new Image();
    image.src = address;
    image.decode().then(
      () => {
        if (address !== this.address) return;
        this.shown = address;
        const palette = paletteOf(image);
        if (palette !== null) this.dispatchEvent(new CustomEvent<Palette>("palette", { detail: palette }));
      },
      () => undefined, // no cover to be had: the last one, or the plain tile, stays
    );
  }

  protected override render(): TemplateResult {
    return html`${this.shown === "" ? null : html`<img src=${this.shown} alt="" width="640" height="640" />`}`;
  }

  protected override updated(): void {
    this.renderRoot
      .querySelector("img")
      ?.animate?.([{ opacity: 0.2 }, { opacity: 1 }], { duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 600, easing: "ease-out" });
  }

  static override styles = css`
    :host {
      display: block;
      aspect-ratio: 1;
      overflow: hidden;
      border-radius: var(--cover-radius, 1rem);
      background: linear-gradient(150deg, var(--glow-first), var(--glow-second));
      box-shadow:
        0 0 0 1px var(--line),
        0 2.5rem 5rem -2rem oklch(0 0 0 / 0.55);
    }
    img {
      display: block;
      width: 100%;
      height: 100%;
      object-fit: cover;
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-cover": SonicCover;
  }
}

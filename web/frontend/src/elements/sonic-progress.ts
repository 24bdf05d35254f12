import { LitElement, css, html, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

/** How far the song is that is heard, in seconds: a line, and the time on both ends. Radio cannot be wound, so it is no control. */
@customElement("sonic-progress")
export class SonicProgress extends LitElement {
  @property({ type: Number }) elapsed = 0;
  /** 0 while no song is known, or nobody knows when it ends. */
  @property({ type: Number }) total = 0;

  protected override render(): TemplateResult {
    const known = this.total > 0;
    const begun = known || this.elapsed > 0;
    return html`
      <div
        class="line"
        role="progressbar"
        aria-label="Position in the song"
        aria-valuemin="0"
        aria-valuemax=${Math.round(this.total)}
        aria-valuenow=${Math.round(this.elapsed)}
        aria-valuetext=${known ? `${spoken(this.elapsed)} of ${spoken(this.total)}` : begun ? `${spoken(this.elapsed)}, without an end` : "unknown"}
      >
        <div></div>
      </div>
      <p aria-hidden="true"><span>${begun ? written(this.elapsed) : ""}</span><slot></slot><span>${known ? written(this.total) : ""}</span></p>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has("elapsed") && !changed.has("total")) return;
    const share = this.total > 0 ? this.elapsed / this.total : 0;
    this.style.setProperty("--share", String(share));
  }

  static override styles = css`
    :host {
      display: block;
    }
    .line {
      height: 2px;
      background: var(--line);
    }
    .line div {
      height: 100%;
      background: var(--accent);
      transform-origin: left;
      transform: scaleX(var(--share, 0));
    }
    p {
      display: flex;
      justify-content: space-between;
      gap: 1rem;
      margin: 0;
      padding: 0.7rem var(--gutter) 0;
      color: var(--ink-faint);
      font-size: 0.875rem;
      font-variant-numeric: tabular-nums;
    }
  `;
}

export function written(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function spoken(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const rest = `${Math.floor(seconds % 60)} seconds`;
  return minutes === 0 ? rest : `${minutes} ${minutes === 1 ? "minute" : "minutes"} ${rest}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-progress": SonicProgress;
  }
}

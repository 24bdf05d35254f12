import { LitElement, css, html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { FLOOR_DB, type Microphone } from "./microphone";

const FALL_DB_A_SECOND = 30;
const HOLD_MS = 1500;
const CLIP_MS = 2000;
const SAY_MS = 400;
const GOOD_DB = -12;

/** How loud the microphone is, in both channels: the peak falls slowly, the highest one is held, and what clips is marked. */
@customElement("sonic-level")
export class SonicLevel extends LitElement {
  @property({ attribute: false }) microphone: Microphone | null = null;

  #frame = 0;
  #drawnAtMs = 0;
  #saidAtMs = 0;
  readonly #shown: [number, number] = [FLOOR_DB, FLOOR_DB];
  readonly #held: [number, number] = [FLOOR_DB, FLOOR_DB];
  readonly #heldAtMs: [number, number] = [0, 0];
  #clippedAtMs = -Infinity;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#frame = requestAnimationFrame(this.#draw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    cancelAnimationFrame(this.#frame);
  }

  protected override render(): TemplateResult {
    return html`
      <div class="meter" role="meter" aria-label="Microphone level" aria-valuemin=${FLOOR_DB} aria-valuemax="0" aria-valuenow=${FLOOR_DB} aria-valuetext="silent">
        <div class="bar"><div class="now"></div><div class="peak"></div></div>
        <div class="bar"><div class="now"></div><div class="peak"></div></div>
      </div>
      <span class="clip" aria-hidden="true">Clip</span>
    `;
  }

  readonly #draw = (nowMs: number): void => {
    this.#frame = requestAnimationFrame(this.#draw);
    const bars = this.renderRoot.querySelectorAll<HTMLElement>(".bar");
    if (bars.length === 0) return;
    const { peaks, clipped } = this.microphone?.level() ?? { peaks: [FLOOR_DB, FLOOR_DB], clipped: false };
    const fallen = (FALL_DB_A_SECOND * Math.min(500, nowMs - this.#drawnAtMs)) / 1000;
    this.#drawnAtMs = nowMs;
    bars.forEach((bar, at) => this.#show(bar, at as 0 | 1, peaks[at] ?? FLOOR_DB, fallen, nowMs));
    if (clipped) this.#clippedAtMs = nowMs;
    this.toggleAttribute("clipped", nowMs - this.#clippedAtMs < CLIP_MS);
    if (nowMs - this.#saidAtMs > SAY_MS) this.#say(nowMs);
  };

  #show(bar: HTMLElement, at: 0 | 1, peak: number, fallen: number, nowMs: number): void {
    this.#shown[at] = Math.max(peak, this.#shown[at] - fallen, FLOOR_DB);
    if (peak >= this.#held[at] || nowMs - this.#heldAtMs[at] > HOLD_MS) {
      this.#held[at] = this.#shown[at];
      this.#heldAtMs[at] = nowMs;
    }
    bar.style.setProperty("--now", share(this.#shown[at]));
    bar.style.setProperty("--peak", share(this.#held[at]));
  }

  #say(nowMs: number): void {
    this.#saidAtMs = nowMs;
    const highest = Math.round(Math.max(...this.#shown));
    const meter = this.renderRoot.querySelector(".meter");
    meter?.setAttribute("aria-valuenow", String(highest));
    meter?.setAttribute("aria-valuetext", this.hasAttribute("clipped") ? "too loud, it clips" : highest <= FLOOR_DB ? "silent" : `${highest} dB${highest > GOOD_DB ? "" : ", quiet"}`);
  }

  static override styles = css`
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr) 2.6rem;
      align-items: center;
      gap: 0.75rem;
    }
    .meter {
      display: grid;
      gap: 0.25rem;
    }
    .bar {
      position: relative;
      height: 0.5rem;
      border-radius: 0.25rem;
      background: var(--line);
      overflow: hidden;
    }
    .now {
      height: 100%;
      background: var(--accent);
      transform-origin: left;
      transform: scaleX(var(--now, 0));
    }
    .peak {
      position: absolute;
      inset: 0;
      transform: translateX(calc(var(--peak, 0) * 100%));
    }
    .peak::before {
      content: "";
      position: absolute;
      inset: 0 auto 0 -0.2rem;
      width: 0.2rem;
      background: var(--ink);
    }
    .clip {
      padding: 0.1rem 0;
      border-radius: 0.4rem;
      color: var(--ink-faint);
      font-size: 0.8125rem;
      text-align: center;
      opacity: 0.5;
    }
    :host([clipped]) .clip {
      background: var(--alert);
      color: var(--ground);
      font-weight: 600;
      opacity: 1;
    }
    :host([clipped]) .now {
      background: var(--alert);
    }
  `;
}

function share(db: number): string {
  return ((db - FLOOR_DB) / -FLOOR_DB).toFixed(4);
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-level": SonicLevel;
  }
}

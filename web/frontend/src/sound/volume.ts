import { Remembered } from "../remembered";

/** How loud the listener wants it: 0..1 as his fader stands. The ear is not linear, so the fader is squared. Remembered. */
export class Volume {
  readonly #level = new Remembered("volume");
  readonly #muted = new Remembered("muted");
  fader: number;

  constructor(private readonly audio: HTMLAudioElement) {
    const level = Number(this.#level.get() ?? "1");
    this.fader = level >= 0 && level <= 1 ? level : 1;
    audio.muted = this.#muted.get() === "yes";
    audio.volume = this.fader ** 2;
  }

  /** False where the device's own keys are the only fader (iOS). */
  get adjustable(): boolean {
    return this.fader === 0 || this.audio.volume === this.fader ** 2;
  }

  get muted(): boolean {
    return this.audio.muted;
  }

  set(fader: number): void {
    this.fader = Math.min(1, Math.max(0, Math.round(fader * 100) / 100));
    this.audio.volume = this.fader ** 2;
    this.#level.set(String(this.fader));
    if (this.fader > 0) this.mute(false);
  }

  mute(muted: boolean): void {
    this.audio.muted = muted;
    this.#muted.set(muted ? "yes" : "no");
  }
}

import type { Session } from "../session/session";
import { Problem } from "../session/problem";
import { FRAMES_PER_SECOND } from "../station/messages";

export type Side = "mastered" | "unmastered";

/** The unmastered sound comes that much lower, so that its peaks have room: the mastered one is played as much lower. */
const HEADROOM = 10 ** (-6 / 20);
/** The engine needs a moment until it sends what nobody had asked for. */
const LEAD_FRAMES = FRAMES_PER_SECOND / 2;
const LOOK_MS = 250;
/** Below this no ear hears that the two are not in step when one takes the other's place. */
const IN_STEP_SECONDS = 0.004;
const FAR_SECONDS = 0.3;

/**
 * The programme before and after mastering, for A and B: both play all the time, in step, and one of them is heard. Both are asked for one
 * position, so they begin with the same moment; from then on the one that is not heard follows the other.
 */
export class Comparison {
  side: Side = "mastered";
  standing: "off" | "tuning" | "on" = "off";
  problem = "";

  #sounds: Record<Side, HTMLAudioElement> | null = null;
  #looking: number | undefined;

  constructor(
    private readonly session: Session,
    private readonly station: string,
    private readonly changed: () => void,
  ) {}

  /** `position`: what is on air now. Must be called where a person has pressed something, or browsers play nothing. */
  async open(position: number): Promise<void> {
    this.close();
    this.#tell("tuning", "");
    const sounds = { mastered: new Audio(), unmastered: new Audio() };
    this.#sounds = sounds;
    try {
      const { ticket } = await this.session.ask<{ ticket: string }>("POST", "/api/v1/tickets");
      if (this.#sounds !== sounds) return;
      const from = Math.round(position) + LEAD_FRAMES;
      const mounts = `/listen/${encodeURIComponent(this.station)}`;
      sounds.mastered.src = `${mounts}/radio.mp3?from=${from}`;
      sounds.unmastered.src = `${mounts}/unmastered.mp3?from=${from}&ticket=${encodeURIComponent(ticket)}`;
      sounds.mastered.volume = HEADROOM;
      this.hear(this.side);
      await Promise.all(Object.values(sounds).map((sound) => sound.play()));
      if (this.#sounds !== sounds) return;
      for (const sound of Object.values(sounds)) sound.onerror = sound.onended = () => this.#lost(sounds);
      this.#looking = window.setInterval(() => this.#keepStep(sounds), LOOK_MS);
      this.#tell("on", "");
    } catch (problem) {
      this.#lost(sounds, problem instanceof Problem ? problem.message : undefined);
    }
  }

  hear(side: Side): void {
    this.side = side;
    if (this.#sounds === null) return;
    this.#sounds.mastered.muted = side !== "mastered";
    this.#sounds.unmastered.muted = side !== "unmastered";
    for (const sound of Object.values(this.#sounds)) sound.playbackRate = 1;
    this.changed();
  }

  close(): void {
    window.clearInterval(this.#looking);
    const sounds = this.#sounds;
    this.#sounds = null;
    if (sounds !== null) {
      for (const sound of Object.values(sounds)) {
        sound.onerror = sound.onended = null;
        sound.pause();
        sound.removeAttribute("src");
        sound.load();
      }
    }
    this.#tell("off", this.problem);
  }

  /** How far apart the two are, in seconds; positive: what is heard is ahead. Null while nothing plays. */
  get apart(): number | null {
    if (this.#sounds === null || this.standing !== "on") return null;
    const [heard, silent] = this.#heardFirst(this.#sounds);
    return heard.currentTime - silent.currentTime;
  }

  #keepStep(sounds: Record<Side, HTMLAudioElement>): void {
    const apart = this.apart;
    if (apart === null) return;
    const [, silent] = this.#heardFirst(sounds);
    const most = Math.abs(apart) > FAR_SECONDS ? 1 : 0.25;
    silent.playbackRate = Math.abs(apart) < IN_STEP_SECONDS ? 1 : 1 + Math.max(-most / 2, Math.min(most, apart / (LOOK_MS / 1000)));
    this.changed();
  }

  #heardFirst(sounds: Record<Side, HTMLAudioElement>): [HTMLAudioElement, HTMLAudioElement] {
    return this.side === "mastered" ? [sounds.mastered, sounds.unmastered] : [sounds.unmastered, sounds.mastered];
  }

  #lost(sounds: Record<Side, HTMLAudioElement>, why = "The unmastered sound does not come. Try again in a moment."): void {
    if (this.#sounds !== sounds) return;
    this.close();
    this.#tell("off", why);
  }

  #tell(standing: "off" | "tuning" | "on", problem: string): void {
    this.standing = standing;
    this.problem = problem;
    this.changed();
  }
}

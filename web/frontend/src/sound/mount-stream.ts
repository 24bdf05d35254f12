import type { StationClock } from "../station/clock";
import { FRAMES_PER_SECOND } from "../station/messages";
import { empty, type Stream, type StreamParts } from "./stream";

/**
 * The endless MP3: what remains when HLS does not work. It carries no date, so what is heard is counted from the moment it began: its
 * first frame is the oldest of the burst that every listener of a mount is sent at once.
 */
export class MountStream implements Stream {
  readonly way = "mount";
  readonly #audio: HTMLAudioElement;
  readonly #clock: StationClock;
  readonly #address: string;
  readonly #delay: number;
  readonly #onerror: () => void;
  #firstPosition: number | null = null;

  constructor({ audio, station, clock, mountDelay, report }: StreamParts) {
    this.#audio = audio;
    this.#clock = clock;
    this.#delay = mountDelay;
    this.#address = `/listen/${encodeURIComponent(station)}/radio.mp3`;
    this.#onerror = () => report.failed("line");
    audio.addEventListener("error", this.#onerror);
    audio.addEventListener("ended", this.#onerror);
    audio.addEventListener("loadedmetadata", this.#began);
  }

  play(): Promise<void> {
    this.#audio.src = this.#address;
    return this.#audio.play();
  }

  heard(): number | null {
    return this.#firstPosition === null ? null : this.#firstPosition + this.#audio.currentTime * FRAMES_PER_SECOND;
  }

  prefer(): void {}

  close(): void {
    this.#audio.removeEventListener("error", this.#onerror);
    this.#audio.removeEventListener("ended", this.#onerror);
    this.#audio.removeEventListener("loadedmetadata", this.#began);
    empty(this.#audio);
  }

  readonly #began = (): void => {
    const air = this.#clock.airAt(performance.now());
    this.#firstPosition = air === null ? null : air - this.#delay * FRAMES_PER_SECOND;
  };
}

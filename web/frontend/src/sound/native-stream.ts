import type { StationClock } from "../station/clock";
import { empty, type Stream, type StreamParts } from "./stream";

/** What Safari's media element has and no other's: the date of its first frame. */
interface DatedAudio extends HTMLAudioElement {
  getStartDate?(): Date;
}

/** The browser's own HLS: Safari's, whose background playing and battery no script can match. It picks its rung itself. */
export class NativeStream implements Stream {
  readonly way = "hls";
  readonly #audio: DatedAudio;
  readonly #clock: StationClock;
  readonly #address: string;
  readonly #onerror: () => void;

  constructor({ audio, station, clock, report }: StreamParts) {
    this.#audio = audio;
    this.#clock = clock;
    this.#address = `/hls/${encodeURIComponent(station)}/live.m3u8`;
    this.#onerror = () => report.failed(audio.error?.code === MediaError.MEDIA_ERR_NETWORK ? "line" : "media");
    audio.addEventListener("error", this.#onerror);
  }

  static supportedBy(audio: DatedAudio): boolean {
    return audio.canPlayType("application/vnd.apple.mpegurl") !== "" && audio.getStartDate !== undefined;
  }

  play(): Promise<void> {
    this.#audio.src = this.#address;
    return this.#audio.play();
  }

  heard(): number | null {
    const start = this.#audio.getStartDate?.().getTime() ?? Number.NaN;
    return Number.isNaN(start) ? null : this.#clock.positionDated(start + this.#audio.currentTime * 1000);
  }

  prefer(): void {}

  close(): void {
    this.#audio.removeEventListener("error", this.#onerror);
    empty(this.#audio);
  }
}

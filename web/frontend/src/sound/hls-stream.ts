import Hls, { ErrorDetails, ErrorTypes, Events, type ErrorData, type HlsConfig } from "hls.js/light";

import type { StationClock } from "../station/clock";
import { empty, type Rung, type Stream, type StreamParts, type StreamReport } from "./stream";

/** The rung that a line of any speed starts on; what the line can carry is found out while it sounds. */
const FIRST_BITRATE = 128_000;

/** How far behind the newest part to listen: what the buffer holds when a part is late. */
const BEHIND_SECONDS = 1.3;
/** And where to begin: by the time that the first sound is out, the newest part is a newer one. */
const BEHIND_AT_FIRST_SECONDS = 0.7;
/** Farther behind than the first, the sound runs one hundredth faster, which nobody hears, until it is nearer than the second. */
const FAR_SECONDS = 0.8;
const NEAR_SECONDS = 0.15;
const HURRY = 1.01;
const LEAST_AHEAD_SECONDS = 0.8;
/** After a stall hls.js keeps a greater distance; without another one for so long it may come near again. */
const FORGIVEN_MS = 60_000;

const CONFIG: Partial<HlsConfig> = {
  autoStartLoad: false,
  lowLatencyMode: true,
  // Nothing is remuxed, so a worker would only cost: and without one no script comes from a blob.
  enableWorker: false,
  // Titles come by the live socket; for cues hls.js would load a track from a data: address.
  enableDateRangeMetadataCues: false,
  enableEmsgMetadataCues: false,
  enableID3MetadataCues: false,
  testBandwidth: false,
  abrEwmaDefaultEstimate: 500_000,
  backBufferLength: 8,
  maxBufferLength: 12,
  // Far behind after a drop: jump. A little behind: see HURRY; hls.js itself would hurry and rest every other second.
  liveSyncDuration: BEHIND_AT_FIRST_SECONDS,
  liveMaxLatencyDuration: 10,
  liveSyncOnStallIncrease: 0.4,
  maxLiveSyncPlaybackRate: 1,
};

/** Low-latency HLS by hls.js: the way for every browser that has Media Source Extensions. */
export class HlsStream implements Stream {
  static readonly supported = Hls.isSupported();

  readonly #hls = new Hls(CONFIG);
  readonly #audio: HTMLAudioElement;
  readonly #clock: StationClock;
  readonly #report: StreamReport;
  #preferred: number | null = null;
  #mended = false;
  #stalledAtMs: number | null = null;
  #closed = false;

  constructor({ audio, station, clock, report }: StreamParts) {
    this.#audio = audio;
    this.#clock = clock;
    this.#report = report;
    const hls = this.#hls;
    hls.on(Events.MANIFEST_PARSED, () => {
      hls.startLevel = this.#levelOf(FIRST_BITRATE);
      this.prefer(this.#preferred);
      this.#tellRungs();
    });
    hls.on(Events.LEVEL_SWITCHED, () => this.#tellRungs());
    hls.on(Events.LEVEL_UPDATED, () => {
      this.#forgive();
      this.#keepPace();
    });
    hls.on(Events.ERROR, (_, error) => this.#stumbled(error));
    audio.addEventListener("playing", this.#keepDistance, { once: true });
    hls.loadSource(`/hls/${encodeURIComponent(station)}/live.m3u8`);
    hls.attachMedia(audio);
  }

  play(): Promise<void> {
    this.#hls.startLoad(-1);
    return this.#audio.play();
  }

  heard(): number | null {
    const date = this.#hls.playingDate;
    return date === null ? null : this.#clock.positionDated(date.getTime());
  }

  prefer(bitrate: number | null): void {
    this.#preferred = bitrate;
    if (this.#hls.levels.length === 0) return;
    const level = bitrate === null ? -1 : this.#levelOf(bitrate);
    if (level >= 0) this.#hls.startLevel = level;
    this.#hls.loadLevel = level;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#audio.removeEventListener("playing", this.#keepDistance);
    this.#hls.destroy();
    this.#audio.playbackRate = 1;
    empty(this.#audio);
  }

  readonly #keepDistance = (): void => {
    this.#hls.targetLatency = BEHIND_SECONDS;
    this.#stalledAtMs = null;
  };

  #forgive(): void {
    if (this.#stalledAtMs !== null && performance.now() - this.#stalledAtMs > FORGIVEN_MS) this.#keepDistance();
  }

  #keepPace(): void {
    const audio = this.#audio;
    const farther = this.#hls.latency - (this.#hls.targetLatency ?? 0);
    const ahead = audio.buffered.length === 0 ? 0 : audio.buffered.end(audio.buffered.length - 1) - audio.currentTime;
    if (audio.playbackRate === 1 && farther > FAR_SECONDS && ahead > 2 * LEAST_AHEAD_SECONDS) audio.playbackRate = HURRY;
    else if (audio.playbackRate !== 1 && (farther < NEAR_SECONDS || ahead < LEAST_AHEAD_SECONDS)) audio.playbackRate = 1;
  }

  #levelOf(bitrate: number): number {
    const distances = this.#rungs().map((rung) => Math.abs(rung.bitrate - bitrate));
    return distances.indexOf(Math.min(...distances));
  }

  #rungs(): Rung[] {
    return this.#hls.levels.map((level) => ({ bitrate: level.averageBitrate || level.bitrate }));
  }

  #tellRungs(): void {
    const rungs = this.#rungs();
    this.#report.rungs(rungs, rungs[this.#hls.currentLevel] ?? null);
  }

  #stumbled(error: ErrorData): void {
    if (error.details === ErrorDetails.BUFFER_STALLED_ERROR) this.#stalledAtMs = performance.now();
    if (!error.fatal || this.#closed) return;
    if (error.type === ErrorTypes.MEDIA_ERROR && !this.#mended) {
      this.#mended = true;
      this.#hls.recoverMediaError();
      return;
    }
    this.#report.failed(error.type === ErrorTypes.NETWORK_ERROR ? "line" : "media");
  }
}

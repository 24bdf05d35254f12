import Hls, { ErrorTypes, Events, type ErrorData, type HlsConfig, type LoaderConfig } from "hls.js/light";

import type { StationClock } from "../station/clock";
import { remindOfLostParts } from "./lost-parts";
import { BEHIND_AT_FIRST_SECONDS, FARTHEST_SECONDS, Pace } from "./pace";
import { empty, type Rung, type Stream, type StreamParts, type StreamReport } from "./stream";

/** The rung that a line of unknown speed starts on; what the line can carry is found out while it sounds. */
const FIRST_BITRATE = 128_000;
/** And one that did not bear the sound a moment ago: the lowest. */
const LEAST_BITRATE = 0;

/** A part that failed is asked for again while the buffer still lasts: a front that restarts is back within a second or two. */
function patience(tries: number): { default: LoaderConfig } {
  return {
    default: {
      maxTimeToFirstByteMs: 10_000,
      maxLoadTimeMs: 20_000,
      timeoutRetry: { maxNumRetry: 1, retryDelayMs: 0, maxRetryDelayMs: 0 },
      errorRetry: { maxNumRetry: tries, retryDelayMs: 150, maxRetryDelayMs: 2000, backoff: "exponential" },
    },
  };
}

const CONFIG: Partial<HlsConfig> = {
  autoStartLoad: false,
  lowLatencyMode: true,
  // Nothing is remuxed, so a worker would only cost: and without one no script comes from a blob.
  enableWorker: false,
  // Titles come by the live socket; for cues hls.js would load a track from a data: address.
  enableDateRangeMetadataCues: false,
  enableEmsgMetadataCues: false,
  enableID3MetadataCues: false,
  manifestLoadPolicy: patience(1),
  playlistLoadPolicy: patience(8),
  fragLoadPolicy: patience(8),
  testBandwidth: false,
  abrEwmaDefaultEstimate: 500_000,
  backBufferLength: 8,
  maxBufferLength: 12,
  // Far behind after a drop: jump. The rest of keeping near is Pace's.
  liveSyncDuration: BEHIND_AT_FIRST_SECONDS,
  liveMaxLatencyDuration: FARTHEST_SECONDS,
  liveSyncOnStallIncrease: 0.4,
  maxLiveSyncPlaybackRate: 1,
};

/** Low-latency HLS by hls.js: the way for every browser that has Media Source Extensions. */
export class HlsStream implements Stream {
  static readonly supported = Hls.isSupported();

  readonly way = "hls";
  readonly #hls = new Hls(CONFIG);
  readonly #pace: Pace;
  readonly #audio: HTMLAudioElement;
  readonly #clock: StationClock;
  readonly #report: StreamReport;
  #preferred: number | null = null;
  #mended = false;
  #closed = false;

  constructor({ audio, station, clock, strained, report }: StreamParts) {
    this.#audio = audio;
    this.#clock = clock;
    this.#report = report;
    const hls = this.#hls;
    this.#pace = new Pace(hls, audio);
    remindOfLostParts(hls, audio);
    hls.on(Events.MANIFEST_PARSED, () => {
      hls.startLevel = this.#levelOf(strained ? LEAST_BITRATE : FIRST_BITRATE);
      this.prefer(this.#preferred);
      this.#tellRungs();
    });
    hls.on(Events.LEVEL_SWITCHED, () => this.#tellRungs());
    hls.on(Events.ERROR, (_, error) => this.#stumbled(error));
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
    this.#pace.close();
    this.#hls.destroy();
    empty(this.#audio);
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
    if (!error.fatal || this.#closed) return;
    if (error.type === ErrorTypes.MEDIA_ERROR && !this.#mended) {
      this.#mended = true;
      this.#hls.recoverMediaError();
      return;
    }
    this.#report.failed(error.type === ErrorTypes.NETWORK_ERROR ? "line" : "media");
  }
}

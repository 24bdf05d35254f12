import { Backoff } from "../backoff";
import type { StationClock } from "../station/clock";
import { MountStream } from "./mount-stream";
import { NativeStream } from "./native-stream";
import type { Failure, Quality, Rung, Stream, StreamParts, Way } from "./stream";
import { WhepStream } from "./whep-stream";

/** off: nobody listens; tuning: sound was asked for; playing: it is heard; waiting: it stopped and comes back by itself. */
export type Tuning = "off" | "tuning" | "playing" | "waiting";

const STALLED_MS = 5000;
const SETTLED_MS = 10_000;
/** A line that let the sound stand still counts as strained for so long. */
const STRAINED_MS = 60_000;
/** Failures in a row after which the other way is tried. */
const PATIENCE = 3;

/**
 * Keeps the sound coming while the listener wants it. It chooses the way (WebRTC for whoever asks for the least delay, HLS by hls.js,
 * HLS by the browser, the MP3 mount), notices when the sound stands still, and tries again for ever. WebRTC gets one chance each time
 * that the listener asks.
 */
export class Tuner {
  tuning: Tuning = "off";
  rungs: readonly Rung[] = [];
  rung: Rung | null = null;
  /** When the sound began to stand still, of performance.now(); null while it runs or is not wanted. */
  stoodAtMs: number | null = null;
  /** The next try, of performance.now(); null when none is waited for. */
  retryAtMs: number | null = null;

  #stream: Stream | null = null;
  #made: Promise<Stream> | null = null;
  /** The present stream, or the one that is being made, is WebRTC. */
  #isLive = false;
  #liveFailed = false;
  #usesMount = false;
  #retry: number | undefined;
  #heardSeconds = 0;
  #movedAtMs = 0;
  #soundingSinceMs: number | null = null;
  #strainedAtMs: number | null = null;
  readonly #backoff = new Backoff();
  readonly #watch: number;

  constructor(
    readonly audio: HTMLAudioElement,
    private readonly station: string,
    private readonly clock: StationClock,
    private readonly mountDelay: number,
    private quality: Quality,
    private readonly changed: () => void,
  ) {
    audio.addEventListener("playing", this.#plays);
    audio.addEventListener("waiting", this.#stands);
    audio.addEventListener("pause", this.#paused);
    window.addEventListener("online", this.#hurry);
    this.#watch = window.setInterval(() => this.#lookAfter(performance.now()), 500);
    this.#prepare();
  }

  /** Sound, please; for ever, until `hush`. */
  listen(): void {
    if (this.tuning !== "off") return;
    this.#become("tuning");
    this.#start();
  }

  hush(): void {
    if (this.tuning === "off") return;
    this.#become("off");
    this.#backoff.succeeded();
    this.#liveFailed = false;
    this.#drop();
    this.#prepare();
  }

  /** The position heard now; null when none is. */
  heard(): number | null {
    return this.tuning === "playing" || this.tuning === "waiting" ? (this.#stream?.heard() ?? null) : null;
  }

  /** Whether the line bears the sound but hardly: whatever else goes over it should wait. */
  get strained(): boolean {
    return this.#strainedAtMs !== null && performance.now() - this.#strainedAtMs < STRAINED_MS;
  }

  /** How the sound comes, or would; null while that is being found out. */
  get way(): Way | null {
    return this.#stream?.way ?? null;
  }

  prefer(quality: Quality): void {
    this.quality = quality;
    this.#liveFailed = false;
    if (this.#wantsLive === this.#isLive) return this.#stream?.prefer(this.#bitrate);
    this.#drop();
    this.#prepare();
    if (this.tuning === "off") return this.changed();
    this.#become("tuning");
    this.#start();
  }

  close(): void {
    window.clearInterval(this.#watch);
    window.removeEventListener("online", this.#hurry);
    this.audio.removeEventListener("playing", this.#plays);
    this.audio.removeEventListener("waiting", this.#stands);
    this.audio.removeEventListener("pause", this.#paused);
    this.tuning = "off";
    this.#drop();
  }

  get #wantsLive(): boolean {
    return this.quality === "live" && !this.#liveFailed && WhepStream.supported;
  }

  get #bitrate(): number | null {
    return this.quality === "live" ? null : this.quality;
  }

  #become(tuning: Tuning): void {
    this.tuning = tuning;
    this.stoodAtMs = tuning === "waiting" ? (this.stoodAtMs ?? performance.now()) : null;
    this.changed();
  }

  #prepare(): void {
    this.#isLive = this.#wantsLive;
    const made = this.#make();
    this.#made = made;
    made.then(
      (stream) => {
        if (this.#made !== made) return stream.close();
        this.#stream = stream;
        stream.prefer(this.#bitrate);
        this.changed();
      },
      () => this.#failed("line"), // the script did not arrive
    );
  }

  async #make(): Promise<Stream> {
    const parts: StreamParts = {
      audio: this.audio,
      station: this.station,
      clock: this.clock,
      mountDelay: this.mountDelay,
      strained: this.strained,
      report: {
        rungs: (rungs, playing) => {
          this.rungs = rungs;
          this.rung = playing;
          this.changed();
        },
        sounds: () => this.#sounds(),
        failed: (failure) => this.#failed(failure),
      },
    };
    if (this.#isLive) return new WhepStream(parts);
    if (this.#usesMount) return new MountStream(parts);
    if (NativeStream.supportedBy(this.audio)) return new NativeStream(parts);
    const { HlsStream } = await import("./hls-stream");
    return HlsStream.supported ? new HlsStream(parts) : new MountStream(parts);
  }

  #start(): void {
    this.retryAtMs = null;
    this.#movedAtMs = performance.now();
    if (this.#stream !== null) return this.#play(this.#stream);
    if (this.#made === null) this.#prepare();
    const made = this.#made;
    made?.then(
      (stream) => {
        if (this.#made === made && this.tuning !== "off") this.#play(stream);
      },
      () => undefined,
    );
  }

  #play(stream: Stream): void {
    stream.play().catch((error: unknown) => {
      // Only a browser that wants a click first says no for good; all else is told by the stream or seen by the watch.
      if (error instanceof DOMException && error.name === "NotAllowedError") this.hush();
    });
  }

  #drop(): void {
    window.clearTimeout(this.#retry);
    this.#retry = undefined;
    this.retryAtMs = null;
    this.#soundingSinceMs = null;
    this.#stream?.close();
    this.#stream = null;
    this.#made = null;
    this.rungs = [];
    this.rung = null;
  }

  #failed(failure: Failure): void {
    this.#drop();
    if (this.tuning !== "off") this.#become("waiting");
    if (this.#isLive) {
      this.#liveFailed = true;
      return this.#tryAgain();
    }
    const ms = this.#backoff.nextMs();
    if (failure === "media" || this.#backoff.tries % PATIENCE === 0) this.#usesMount = this.tuning !== "off" && !this.#usesMount;
    this.retryAtMs = performance.now() + ms;
    this.#retry = window.setTimeout(() => this.#tryAgain(), ms);
    this.changed();
  }

  #tryAgain(): void {
    this.#retry = undefined;
    this.retryAtMs = null;
    this.#prepare();
    if (this.tuning !== "off") this.#start();
    this.changed();
  }

  #lookAfter(nowMs: number): void {
    if (this.tuning === "off" || this.#retry !== undefined) return;
    if (this.audio.currentTime !== this.#heardSeconds) {
      this.#heardSeconds = this.audio.currentTime;
      this.#movedAtMs = nowMs;
    } else if (nowMs - this.#movedAtMs > STALLED_MS) {
      this.#failed("line");
      return;
    }
    if (this.#soundingSinceMs !== null && nowMs - this.#soundingSinceMs > SETTLED_MS) this.#backoff.succeeded();
  }

  readonly #plays = (): void => {
    if (!this.#isLive || this.#stream?.heard() != null) this.#sounds();
  };

  #sounds(): void {
    if (this.tuning === "off") return;
    this.#soundingSinceMs ??= performance.now();
    this.#become("playing");
  }

  readonly #stands = (): void => {
    this.#soundingSinceMs = null;
    if (this.tuning !== "playing") return;
    this.#strainedAtMs = performance.now();
    this.#become("waiting");
  };

  /** Paused from outside the page: a headset's button, another app. What is paused here is not live, so it is off. */
  readonly #paused = (): void => {
    if (this.tuning === "playing" && this.#retry === undefined && !this.audio.ended) this.hush();
  };

  readonly #hurry = (): void => {
    if (this.#retry === undefined) return;
    window.clearTimeout(this.#retry);
    this.#tryAgain();
  };
}

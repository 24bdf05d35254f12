import Hls, { ErrorDetails, Events } from "hls.js/light";

/** How far behind the newest part to listen: what the buffer holds when a part is late. */
const BEHIND_SECONDS = 1.3;
/** And where to begin: by the time that the first sound is out, the newest part is a newer one. */
export const BEHIND_AT_FIRST_SECONDS = 1;
/** Farther behind than the first, the sound runs one hundredth faster, which nobody hears, until it is nearer than the second. */
const FAR_SECONDS = 0.8;
const NEAR_SECONDS = 0.15;
const HURRY = 1.01;
/** What the buffer must hold whatever the pace. */
const LEAST_AHEAD_SECONDS = 0.8;
/** After a stall hls.js keeps a greater distance; without another one for so long it may come near again. */
const FORGIVEN_MS = 60_000;
/** Where whole segments are listened to: the newest one is up to a segment old, and the next takes its time on the line. */
const FAR_BEHIND_SECONDS = 8;
const FAR_FORGIVEN_MS = 300_000;
/** Farther behind than this: jump. */
export const FARTHEST_SECONDS = 10;
const FAR_FARTHEST_SECONDS = 30;

/**
 * Keeps the listener near the live edge and never too near. hls.js would change the rate every other second, which is heard; this one
 * hurries seldom and long, and jumps only where the sound had stood still anyway. A line that lets the sound stand still twice in a
 * minute is too thin for parts, of which each costs a playlist: it gets whole segments, at a distance that bears its whims.
 */
export class Pace {
  #stalledAtMs: number | null = null;
  #mayJump = false;

  constructor(
    private readonly hls: Hls,
    private readonly audio: HTMLAudioElement,
  ) {
    audio.addEventListener("playing", this.#settle, { once: true });
    audio.addEventListener("waiting", this.#stood);
    hls.on(Events.LEVEL_UPDATED, () => {
      if (this.#stalledAtMs !== null && !this.#stalledWithin(hls.lowLatencyMode ? FORGIVEN_MS : FAR_FORGIVEN_MS)) this.#settle();
      this.#keep();
    });
    hls.on(Events.ERROR, (_, error) => {
      if (error.details !== ErrorDetails.BUFFER_STALLED_ERROR) return;
      if (hls.lowLatencyMode && this.#stalledWithin(FORGIVEN_MS)) this.#fallBack();
      this.#stalledAtMs = performance.now();
    });
  }

  close(): void {
    this.audio.removeEventListener("playing", this.#settle);
    this.audio.removeEventListener("waiting", this.#stood);
    this.audio.playbackRate = 1;
  }

  #stalledWithin(milliseconds: number): boolean {
    return this.#stalledAtMs !== null && performance.now() - this.#stalledAtMs <= milliseconds;
  }

  readonly #settle = (): void => {
    this.#listenFrom(BEHIND_SECONDS);
    this.#stalledAtMs = null;
  };

  /** Parts are for those who are near. */
  #listenFrom(behindSeconds: number): void {
    const far = behindSeconds === FAR_BEHIND_SECONDS;
    this.hls.lowLatencyMode = !far;
    this.hls.config.liveMaxLatencyDuration = far ? FAR_FARTHEST_SECONDS : FARTHEST_SECONDS;
    this.hls.targetLatency = behindSeconds;
  }

  /** The next segment is of the lowest rung; what the line bears beyond that is found out again. */
  #fallBack(): void {
    this.#listenFrom(FAR_BEHIND_SECONDS);
    const { hls } = this;
    const rates = hls.levels.map((level) => level.bitrate);
    if (hls.autoLevelEnabled) hls.nextAutoLevel = rates.indexOf(Math.min(...rates));
  }

  readonly #stood = (): void => {
    this.#mayJump = this.audio.currentTime > 0 && !this.audio.seeking;
  };

  #keep(): void {
    const { audio, hls } = this;
    const farther = hls.latency - (hls.targetLatency ?? 0);
    const end = audio.buffered.length === 0 ? 0 : audio.buffered.end(audio.buffered.length - 1);
    const ahead = end - audio.currentTime;
    const live = hls.liveSyncPosition ?? 0;
    if (this.#mayJump && farther > FAR_SECONDS && end > live + LEAST_AHEAD_SECONDS) {
      this.#mayJump = false;
      audio.currentTime = live;
    } else if (audio.playbackRate === 1) {
      if (farther > FAR_SECONDS && ahead > 2 * LEAST_AHEAD_SECONDS) audio.playbackRate = HURRY;
    } else if (farther < NEAR_SECONDS || ahead < LEAST_AHEAD_SECONDS) {
      audio.playbackRate = 1;
    }
  }
}

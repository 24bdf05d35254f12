import { FRAMES_PER_SECOND } from "./messages";

/**
 * Where the station's clock stands. The epoch turns the dates inside the stream into positions; whatever arrives from the station
 * tells where the air is now. The listener's own clock is never asked for the date: it may be wrong.
 */
export class StationClock {
  #epochMs: number | null = null;
  #lead: number | null = null;
  #ledAtMs = 0;

  /** The station said when its clock stood at 0. */
  set epoch(unixSeconds: number) {
    this.#epochMs = unixSeconds * 1000;
  }

  /** Something stamped `position` arrived at `nowMs` (of performance.now()). The least delayed arrival of late is believed. */
  arrived(position: number, nowMs: number): void {
    const lead = position - framesOf(nowMs);
    const drifted = this.#lead === null ? lead : this.#lead - framesOf((nowMs - this.#ledAtMs) * SLOWEST_DRIFT);
    this.#lead = Math.max(lead, drifted);
    this.#ledAtMs = nowMs;
  }

  /** The position on air at `nowMs`; null before anything arrived. */
  airAt(nowMs: number): number | null {
    return this.#lead === null ? null : this.#lead + framesOf(nowMs);
  }

  /** The position that is dated `unixMs` in the stream; null before the epoch is known. */
  positionDated(unixMs: number): number | null {
    return this.#epochMs === null ? null : framesOf(unixMs - this.#epochMs);
  }
}

/** Seconds a second by which two honest clocks may part. */
const SLOWEST_DRIFT = 0.0005;

function framesOf(ms: number): number {
  return (ms * FRAMES_PER_SECOND) / 1000;
}

import type { Tuning } from "./sound/tuner";

/** What the player says of itself: one plain sentence that also says what happens next; empty when all is well. */
export interface Standing {
  tuning: Tuning;
  /** Since the sound began to stand still; null while it does not. */
  stoodSeconds: number | null;
  /** Until the next try; null when none is waited for. */
  retrySeconds: number | null;
  /** Nothing is known of the station yet. */
  unknown: boolean;
  /** Seconds since the station was last reached; null while it is. */
  lostSeconds: number | null;
  /** The station's engine is away and a loop airs. */
  adrift: boolean;
}

const PATIENCE_SECONDS = 4;
const STAND_SECONDS = 0.8;

export function words({ tuning, stoodSeconds, retrySeconds, unknown, lostSeconds, adrift }: Standing): string {
  if (retrySeconds !== null && tuning !== "off") {
    return retrySeconds > 1 ? `The sound is gone. Trying again in ${Math.ceil(retrySeconds)} seconds.` : "The sound is gone. Trying again now.";
  }
  if (stoodSeconds !== null && stoodSeconds > STAND_SECONDS) return "The line is slow. The sound comes back by itself.";
  if (lostSeconds !== null && lostSeconds > PATIENCE_SECONDS) {
    return tuning === "playing"
      ? "The titles are late: the line to the station is gone. It comes back by itself."
      : "The station cannot be reached. This page keeps trying.";
  }
  if (tuning === "tuning") return "Tuning in.";
  if (unknown) return "Looking for the station.";
  if (adrift) return "The studio is away for a moment. A loop plays until it is back.";
  return "";
}

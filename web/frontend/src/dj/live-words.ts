import type { Seat } from "./live";
import type { Standing } from "./live-line";

export interface LiveSaid {
  /** One plain sentence: how the DJ stands. */
  words: string;
  /** He is heard. */
  onAir: boolean;
  /** Something is not as he wants it. */
  alert: boolean;
}

/** How a DJ stands: `own` is his seat, if the station has told of it; `first` whoever is on air before him. */
export function liveWords(standing: Standing, own: Seat | undefined, first: Seat | undefined, retrySeconds: number): LiveSaid {
  const said = (words: string, onAir = false, alert = false): LiveSaid => ({ words, onAir, alert });
  switch (standing) {
    case "off":
      return said("You are not live.");
    case "calling":
      return said("Calling the station.");
    case "lost":
      return said(retrySeconds > 1 ? `The station is called again in ${Math.ceil(retrySeconds)} seconds.` : "The station is called again now.", false, true);
    case "up":
  }
  switch (own?.state) {
    case "on_air":
      return said(own.mode === "takeover" ? "On air" : "On air, over the music", true);
    case "silent":
      return said("You are silent: the music is back until you speak.", false, true);
    default:
      if (first !== undefined) return said(`Waiting for your turn: ${first.dj} is on.`);
      return said("The station hears you. You are on as soon as there is sound.");
  }
}

export const STATES: Record<Seat["state"], string> = { waiting: "waiting", on_air: "on air", silent: "silent" };
export const MODES: Record<Seat["mode"], string> = { takeover: "takes over", talk_over: "talks over the music" };
const WAYS: Record<string, string> = { whip: "browser", icecast: "source" };

export const wayOf = (seat: Seat): string => WAYS[seat.way] ?? seat.way;

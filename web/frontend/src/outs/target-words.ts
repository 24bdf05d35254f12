import { counted, lasting, secondsSince, size } from "./amounts";
import type { Target } from "./outs";

const STATES: Record<Target["state"], string> = {
  off: "Turned off",
  connecting: "Connecting",
  live: "Live",
  waiting: "Waiting to try again",
  refused: "Refused",
  unknown: "Not known",
};

/** How a target stands, and since when. */
export function standing({ state, since }: Target): string {
  if (since === null || state === "off" || state === "unknown") return STATES[state];
  return `${STATES[state]} for ${lasting(secondsSince(since))}`;
}

/** Why it stands so, as a sentence: the publisher's reasons are half sentences, some of them in the platform's own words. */
export function why({ reason }: Target): string {
  const said = reason.charAt(0).toUpperCase() + reason.slice(1);
  return said === "" || /[.!?]$/.test(said) ? said : `${said}.`;
}

/** When it is tried again; empty if it is not. */
export function nextTry({ next_try_at }: Target): string {
  if (next_try_at === null) return "";
  const seconds = Math.ceil(-secondsSince(next_try_at));
  return seconds > 0 ? `Next try in ${lasting(seconds)}.` : "Trying now.";
}

/** What went out, and what did not; empty before anything did. */
export function tally({ sent_bytes, reconnects, dropped_gops }: Target): string {
  const said = [
    sent_bytes === 0 ? "" : `${size(sent_bytes)} sent`,
    reconnects === 0 ? "" : counted(reconnects, "reconnection"),
    dropped_gops === 0 ? "" : `${counted(dropped_gops, "piece")} of 2 s left out on a slow line`,
  ];
  return said.filter((one) => one !== "").join(" · ");
}

import type { Booking } from "./studio";

export const AGENTS: Record<string, { name: string; does: string }> = {
  composer: { name: "Composer", does: "decides what is made" },
  producer: { name: "Producer", does: "has it made" },
  critic: { name: "Critic", does: "hears it" },
  dj: { name: "DJ", does: "airs it" },
};

export const AGENT_STATES: Record<string, string> = { working: "At work", idle: "Idle", resting: "Resting after an error", away: "Not heard from" };

/** Genre -> at which tempo it is played; the server's side is generation/brief.py. */
export const TEMPI: Record<string, [number, number]> = {
  ambient: [60, 100],
  downtempo: [65, 115],
  "drum & bass": [150, 190],
  house: [105, 135],
  "lo-fi": [60, 100],
  synthwave: [70, 135],
  techno: [115, 160],
  trance: [120, 150],
};

export const MOODS = ["bright", "calm", "dark", "deep", "dreamy", "dry", "energetic", "happy", "melancholic", "spacious", "uplifting", "warm"];
export const TONICS = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];

/** What a booking is, in a line: its words, or its fields. */
export function wished({ brief }: Booking): string {
  if (brief === null) return "How fast the backends are";
  const { words, mood, genre } = brief;
  return words !== "" ? words : [mood, genre].filter((word) => word !== "").join(" ");
}

/** Where it stands, in plain words. */
export function standing(one: Booking): string {
  if (one.state === "queued") {
    if (one.attempts > 0) return `Tried ${one.attempts === 1 ? "once" : "twice"}, tries again soon`;
    return one.ahead === null || one.ahead === 0 ? "Next in turn" : `${one.ahead} before it`;
  }
  if (one.state === "running") return one.cancel_asked ? "Stopping" : one.progress_words === "" ? "Being made" : capital(one.progress_words);
  if (one.state === "cancelled") return "Called off";
  if (one.state === "done") return one.take?.entry_id ? "Made and queued" : one.take?.not_queued ? `Made, but not queued: ${one.take.not_queued}` : "Made";
  return one.error ?? "It failed";
}

export const isUnderWay = ({ state }: Booking): boolean => state === "queued" || state === "running";

export function dollars(amount: number): string {
  return amount === 0 ? "$0" : amount < 0.01 ? "under 1 ¢" : `$${amount.toFixed(2)}`;
}

export const capital = (words: string): string => words.slice(0, 1).toUpperCase() + words.slice(1);

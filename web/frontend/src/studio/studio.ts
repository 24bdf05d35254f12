import type { Session } from "../session/session";

/** What is to be made; the server's side is control/pipeline/wish.py. What is left out is chosen there. */
export interface Wish {
  genre?: string;
  mood?: string;
  words?: string;
  bpm?: number;
  key?: string;
  seconds?: number;
  air?: boolean;
}

/** The take that came of a booking. */
export interface Made {
  track_id: string;
  title: string;
  artist: string;
  seconds: number;
  bpm: number;
  key: string;
  backend: string;
  licence: string;
  attribution: string;
  scores: Record<string, number>;
  entry_id: string | null;
  not_queued: string | null;
}

/** One backend's measurement. */
export interface Measured {
  backend: string;
  licence: string;
  audio_seconds_per_second: number | null;
  resident_bytes: number | null;
  error: string | null;
}

/** A job of the studio; the server's side is control/pipeline/shapes.py. Times are ISO 8601. */
export interface Booking {
  id: string;
  booked: "take" | "benchmark";
  state: "queued" | "running" | "done" | "failed" | "dead" | "cancelled";
  ahead: number | null;
  progress: number;
  progress_words: string;
  attempts: number;
  cancel_asked: boolean;
  mine: boolean;
  air: boolean;
  brief: { genre: string; mood: string; words: string; bpm: number | null; key: string | null; seconds: number } | null;
  take: Made | null;
  benchmark: Measured[] | null;
  error: string | null;
  created_at: string;
}

/** One of those who make the programme. */
export interface Agent {
  agent: "composer" | "producer" | "critic" | "dj";
  state: string;
  doing: string;
  last_decision: string;
  decided_at: string | null;
  cost_dollars: number;
  errors_total: number;
  last_error: string;
  figures: Record<string, number>;
  told_at: string | null;
}

export interface Standing {
  agents: Agent[];
  waiting_takes: number;
  buffer_minutes: number;
  approval_rate: number | null;
  spent_dollars: number;
}

/** A take in the library. */
export interface Take {
  track_id: string;
  title: string;
  artist: string;
  genre: string;
  seconds: number;
  bpm: number | null;
  key: string | null;
  backend: string;
  licence: string;
  commercial_ok: boolean;
  attribution: string;
  scores: Record<string, number>;
  made_at: string;
  aired_at: string | null;
}

export interface Allowance {
  can_generate: boolean;
  why_not: string | null;
  takes_a_day: number | null;
  left: number | null;
}

/** What is believed of one way to word a brief; the server's side is control/composing/shapes.py. */
export interface Belief {
  variant: string;
  mean: number;
  low: number;
  high: number;
  airings: number;
  best: number;
}

export interface Beliefs {
  credibility: number;
  genres: { genre: string; variants: Belief[] }[];
}

export const STUDIO_RIGHTS = {
  run: "station:studio:run",
  read: "station:studio:read",
  manage: "station:studio:manage",
  queue: "station:queue:write",
  beliefs: "station:composer:read",
} as const;

const SHOWN_BOOKINGS = 20;
const SHOWN_TAKES = 8;

/** What one asks of a station's studio. Every method throws Problem. */
export class Studio {
  readonly #of: string;

  constructor(
    readonly session: Session,
    readonly station: string,
  ) {
    this.#of = `station=${encodeURIComponent(station)}`;
  }

  /** A key makes one booking of a press, however often it is sent. */
  book(wish: Wish, key: string): Promise<Booking> {
    return this.session.ask("POST", `/api/v1/pipeline/run?${this.#of}`, wish, { "Idempotency-Key": key });
  }

  measure(): Promise<Booking> {
    return this.session.ask("POST", `/api/v1/pipeline/benchmark?${this.#of}`, {});
  }

  async bookings(): Promise<Booking[]> {
    return (await this.session.ask<{ items: Booking[] }>("GET", `/api/v1/pipeline/jobs?${this.#of}&limit=${SHOWN_BOOKINGS}`)).items;
  }

  cancel(id: string): Promise<Booking> {
    return this.session.ask("POST", `/api/v1/pipeline/jobs/${encodeURIComponent(id)}/cancel`);
  }

  allowance(): Promise<Allowance> {
    return this.session.ask("GET", "/api/v1/can-generate");
  }

  standing(): Promise<Standing> {
    return this.session.ask("GET", `/api/v1/pipeline/studio?${this.#of}`);
  }

  async takes(): Promise<Take[]> {
    return (await this.session.ask<{ items: Take[] }>("GET", `/api/v1/pipeline/takes?${this.#of}&limit=${SHOWN_TAKES}`)).items;
  }

  /** What a take sounds like. */
  sound(trackId: string): Promise<File> {
    return this.session.file(`/api/v1/pipeline/takes/${encodeURIComponent(trackId)}/sound`);
  }

  beliefs(): Promise<Beliefs> {
    return this.session.ask("GET", `/api/v1/stations/${encodeURIComponent(this.station)}/composer/beliefs`);
  }
}

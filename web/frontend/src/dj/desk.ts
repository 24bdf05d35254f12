import type { Session } from "../session/session";

/** A track's place in the rundown; the server's side is control/stations/standing.py. */
export interface Entry {
  entry_id: string;
  track_id: string;
  title: string;
  artist: string;
  seconds: number;
  reason: "queue" | "library" | "studio" | "bed" | "loop";
}

/** How what airs is planned to give way to an entry. */
export interface Segue {
  kind: "gapless" | "cold" | "tail" | "fade" | "duck" | "beat-matched";
  /** In plain words. */
  why: string;
  /** The entry that comes. */
  enters: string;
  overlap_seconds: number;
}

export interface Rundown {
  /** What was asked for, next first. */
  queue: Entry[];
  /** What the station chose behind it. */
  planned: Entry[];
  /** To the first of both; null until it is planned. */
  segue: Segue | null;
}

export interface Status {
  title: string;
  sounding: "programme" | "bed" | "loop";
  listeners: { total: number };
}

/** A track of the library; the server's side is control/library/told.py. */
export interface Track {
  id: string;
  title: string;
  artist: string;
  genre: string;
  seconds: number;
  bpm: number | null;
  key: string | null;
  /** The key as DJs write it: 8A is A minor. */
  camelot: string | null;
  /** 0 to 1; null until it has been heard. */
  energy: number | null;
  approved: boolean;
  airable: boolean;
}

export interface Uploaded {
  track: Track;
  new: boolean;
  entry_id: string | null;
  not_queued: string | null;
}

/** By what a list of tracks is ordered, and which end comes first; the server's side is control/library/wanted.py. */
export interface Order {
  by: "newest" | "bpm" | "key" | "energy";
  rising: boolean;
}

export const NEWEST: Order = { by: "newest", rising: false };

export type Action = { action: "skip"; entry_id: string } | { action: "veto"; track_id: string } | { action: "stop" } | { action: "start" };

export const RIGHTS = {
  skip: "station:control:skip",
  veto: "station:control:veto",
  stop: "station:control:stop",
  read: "station:queue:read",
  write: "station:queue:write",
  search: "library:tracks:read",
  upload: "library:tracks:upload",
} as const;

/** What a DJ asks of one station. Every method throws Problem. */
export class Desk {
  readonly #station: string;

  constructor(
    private readonly session: Session,
    station: string,
  ) {
    this.#station = `station=${encodeURIComponent(station)}`;
  }

  status(): Promise<Status> {
    return this.session.ask("GET", `/api/v1/stream/status?${this.#station}`);
  }

  rundown(): Promise<Rundown> {
    return this.session.ask("GET", `/api/v1/stream/queue?${this.#station}`);
  }

  control(action: Action): Promise<unknown> {
    return this.session.ask("POST", `/api/v1/stream/control?${this.#station}`, action, once());
  }

  cue(trackId: string): Promise<unknown> {
    return this.session.ask("POST", `/api/v1/stream/queue?${this.#station}`, { track_id: trackId }, once());
  }

  remove(entryId: string): Promise<unknown> {
    return this.session.ask("DELETE", `/api/v1/stream/queue/${encodeURIComponent(entryId)}?${this.#station}`);
  }

  reorder(entryIds: string[]): Promise<unknown> {
    return this.session.ask("PUT", `/api/v1/stream/queue?${this.#station}`, { entry_ids: entryIds });
  }

  async tracks(words: string, { by, rising }: Order = NEWEST): Promise<Track[]> {
    const wanted = words === "" ? "" : `&q=${encodeURIComponent(words)}`;
    const order = `&sort=${by}&order=${rising ? "rising" : "falling"}`;
    return (await this.session.ask<{ items: Track[] }>("GET", `/api/v1/library/tracks?limit=30${order}${wanted}`)).items;
  }

  /** Where a file is to be sent. */
  uploadAddress(queue: boolean): string {
    return `/api/v1/audio/upload?queue=${queue}&${this.#station}`;
  }
}

/** A wish that is sent twice by a shaky line is still one wish. */
const once = (): Record<string, string> => ({ "Idempotency-Key": Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(16)).join("") });

import type { Session } from "../session/session";

export type Platform = "youtube" | "twitch" | "kick" | "custom";

/** How a target stands; the server's side is control/targets/shapes.py. Times are ISO 8601. */
export interface Target {
  id: string;
  name: string;
  platform: Platform;
  address: string;
  enabled: boolean;
  has_key: boolean;
  state: "off" | "connecting" | "live" | "waiting" | "refused" | "unknown";
  reason: string;
  since: string | null;
  next_try_at: string | null;
  sent_bytes: number;
  dropped_gops: number;
  reconnects: number;
  created_at: string;
}

/** What is said of a target to make or to change it. What is left out stays as it is. */
export interface TargetWish {
  platform?: Platform;
  name?: string;
  address?: string;
  key?: string;
  enabled?: boolean;
}

/** Who listens now; the server's side is control/listening/shapes.py. */
export interface Listeners {
  total: number;
  unique: number;
  by_output: Record<string, number>;
  by_country: Record<string, number> | null;
  sessions: { output: string; mount: string; country: string | null; since: string; seconds: number }[];
}

/** One recording of what was on air; the server's side is control/aircheck/routes.py. */
export interface Recording {
  name: string;
  kind: "programme" | "show";
  began_at: string;
  seconds: number;
  bytes: number;
  dj: string | null;
  cue_url: string | null;
  url: string;
}

export const RIGHTS = {
  targets: "station:targets:read",
  manage: "station:targets:manage",
  listeners: "station:listeners:read",
  aircheck: "station:aircheck:read",
} as const;

/** What an operator asks about the ways out of one station. Every method throws Problem. */
export class Outs {
  readonly #base: string;

  constructor(
    private readonly session: Session,
    station: string,
  ) {
    this.#base = `/api/v1/stations/${encodeURIComponent(station)}`;
  }

  async targets(): Promise<Target[]> {
    return (await this.session.ask<{ items: Target[] }>("GET", `${this.#base}/targets`)).items;
  }

  add(wish: TargetWish): Promise<Target> {
    return this.session.ask("POST", `${this.#base}/targets`, wish);
  }

  change(id: string, wish: TargetWish): Promise<Target> {
    return this.session.ask("PATCH", this.#target(id), wish);
  }

  remove(id: string): Promise<void> {
    return this.session.ask("DELETE", this.#target(id));
  }

  listeners(): Promise<Listeners> {
    return this.session.ask("GET", `${this.#base}/listeners`);
  }

  async recordings(): Promise<Recording[]> {
    return (await this.session.ask<{ items: Recording[] }>("GET", `${this.#base}/aircheck`)).items;
  }

  file(url: string): Promise<File> {
    return this.session.file(url);
  }

  #target(id: string): string {
    return `${this.#base}/targets/${encodeURIComponent(id)}`;
  }
}

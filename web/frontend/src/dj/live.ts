import type { Session } from "../session/session";

export type Mode = "takeover" | "talk_over";

/** A DJ who is in, as the station sees him; the server's side is control/live. */
export interface Seat {
  id: string;
  dj: string;
  way: string;
  mode: Mode;
  priority: number;
  title: string;
  artist: string;
  state: "waiting" | "on_air" | "silent";
  /** A date; null while it is not on air. */
  on_air_since: string | null;
}

export interface Change {
  mode?: Mode;
  title?: string;
  artist?: string;
}

export const LIVE_RIGHTS = { takeover: "station:live:takeover", manage: "station:live:manage" } as const;

/** Who is live on one station, and what can be done about it. Every method throws Problem. */
export class LiveDesk {
  readonly #address: string;

  constructor(
    private readonly session: Session,
    station: string,
  ) {
    this.#address = `/api/v1/stations/${encodeURIComponent(station)}/live`;
  }

  /** In the order of their turn. */
  async seats(): Promise<Seat[]> {
    return (await this.session.ask<{ items: Seat[] }>("GET", this.#address)).items;
  }

  change(id: string, change: Change): Promise<unknown> {
    return this.session.ask("PATCH", `${this.#address}/${encodeURIComponent(id)}`, change);
  }

  end(id: string): Promise<unknown> {
    return this.session.ask("DELETE", `${this.#address}/${encodeURIComponent(id)}`);
  }
}

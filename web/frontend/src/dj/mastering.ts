import type { Session } from "../session/session";

/** The settings, as a preset's TOML has them: tables of numbers and switches. The server's side is dsp/settings.py. */
export interface Settings {
  [name: string]: number | boolean | Settings;
}

/** How the sound is mastered; the server's side is control/stations/mastering_told.py. */
export interface Mastering {
  preset: string;
  /** Whether something was changed in the preset since it was chosen. */
  changed: boolean;
  settings: Settings;
  bounds: Record<string, { least: number; most: number }>;
  presets: { name: string; why: string }[];
  insert: { state: "off" | "loading" | "in" | "dry" | "waiting"; wanted: boolean; plug_ins: string[]; reason: string };
}

export interface Wish {
  preset?: string;
  settings?: Settings;
  insert?: boolean;
}

export const MASTERING_RIGHTS = { read: "station:mastering:read", write: "station:mastering:write" } as const;

/** What can be asked of one station's mastering. Every method throws Problem. */
export class MasteringDesk {
  readonly #address: string;

  constructor(
    private readonly session: Session,
    station: string,
  ) {
    this.#address = `/api/v1/stream/mastering?station=${encodeURIComponent(station)}`;
  }

  read(): Promise<Mastering> {
    return this.session.ask("GET", this.#address);
  }

  set(wish: Wish): Promise<unknown> {
    return this.session.ask("PATCH", this.#address, wish);
  }
}

/** What stands at `servo.target_lufs` and the like; undefined if nothing does. */
export function at(settings: Settings, path: string): number | boolean | undefined {
  const found = path.split(".").reduce<Settings | number | boolean | undefined>((table, name) => (typeof table === "object" ? table[name] : undefined), settings);
  return typeof found === "object" ? undefined : found;
}

/** The table that says `value` at that path and nothing else. */
export function only(path: string, value: number | boolean): Settings {
  const [name = "", ...rest] = path.split(".");
  return { [name]: rest.length === 0 ? value : only(rest.join("."), value) };
}

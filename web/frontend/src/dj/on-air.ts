import { StationClock } from "../station/clock";
import { LiveSocket } from "../station/live-socket";
import { FRAMES_PER_SECOND, type Loudness, type Turn } from "../station/messages";

/** What airs now, as the studio has it: not what a listener hears some seconds later. */
export class OnAir {
  turn: Turn | null = null;
  levels: Loudness | null = null;
  /** Whether the line to the station holds. */
  connected = false;

  readonly #clock = new StationClock();
  readonly #socket: LiveSocket;

  constructor(
    station: string,
    private readonly changed: () => void,
    programmeChanged: () => void,
  ) {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.#socket = new LiveSocket(`${scheme}//${location.host}/ws/live/${encodeURIComponent(station)}`, {
      event: (event) => {
        this.#clock.arrived(event.position, performance.now());
        if (event.event === "hello") this.#clock.epoch = event.epoch;
        else if (event.event === "nowplaying") {
          this.turn = event.airing;
          programmeChanged();
        } else if (event.event === "levels") this.levels = event;
        this.changed();
      },
      spectrum: () => undefined,
      connection: (open) => {
        this.connected = open;
        if (open) programmeChanged();
        this.changed();
      },
    });
    this.#socket.wantSpectrum(false);
  }

  /** The position on air; null before the station spoke. */
  position(): number | null {
    return this.#clock.airAt(performance.now());
  }

  /** Seconds since a date of the station's; null before it is known what time it is there. */
  secondsSince(unixMs: number): number | null {
    const [now, then] = [this.position(), this.#clock.positionDated(unixMs)];
    return now === null || then === null ? null : Math.max(0, (now - then) / FRAMES_PER_SECOND);
  }

  close(): void {
    this.#socket.close();
  }
}

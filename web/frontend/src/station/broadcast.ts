import { Beats, type Pulse } from "./beats";
import { StationClock } from "./clock";
import { LiveSocket } from "./live-socket";
import type { LiveEvent } from "./messages";
import { Programme } from "./programme";
import { Spectra } from "./spectra";

/** All that a page knows of one station: its clock, its programme, its spectrum, and whether it can be reached. */
export class Broadcast {
  readonly clock = new StationClock();
  readonly programme = new Programme();
  readonly spectra = new Spectra();
  readonly #beats = new Beats();
  /** UNIX seconds of position 0; null before the station spoke. */
  epoch: number | null = null;
  /** When the line to the station was lost, of performance.now(); null while it holds. */
  lostAtMs: number | null = null;

  readonly #socket: LiveSocket;

  constructor(
    station: string,
    private readonly changed: () => void,
  ) {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.#socket = new LiveSocket(`${scheme}//${location.host}/ws/live/${encodeURIComponent(station)}`, {
      event: (event) => this.#take(event),
      spectrum: (frame) => this.clock.arrived(this.spectra.take(frame), performance.now()),
      connection: (open) => {
        this.lostAtMs = open ? null : (this.lostAtMs ?? performance.now());
        this.changed();
      },
    });
  }

  /** Where in its beat is what a listener hears who hears `position`; null where nothing steady beats. */
  readonly pulseAt = (position: number): Pulse | null => {
    const turn = this.programme.turnAt(position);
    return turn === null ? null : this.#beats.at(turn.song.entry_id, position);
  };

  /** Whether anybody looks at the spectrum. */
  draw(wanted: boolean): void {
    this.#socket.wantSpectrum(wanted);
  }

  close(): void {
    this.#socket.close();
  }

  #take(event: LiveEvent): void {
    switch (event.event) {
      case "hello":
        this.epoch = event.epoch;
        this.clock.epoch = event.epoch;
        this.clock.arrived(event.position, performance.now());
        break;
      case "nowplaying":
        this.programme.take(event);
        break;
      case "beat":
        this.#beats.take(event);
        return;
      case "levels":
        this.clock.arrived(event.position, performance.now());
        return;
    }
    this.changed();
  }
}

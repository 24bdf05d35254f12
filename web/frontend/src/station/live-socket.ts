import { Backoff } from "../backoff";
import type { LiveEvent } from "./messages";

export interface LiveListener {
  event(event: LiveEvent): void;
  spectrum(frame: ArrayBuffer): void;
  connection(open: boolean): void;
}

/** Nothing heard for this long: the line is dead though nobody said so. A station on air speaks twice a second at least. */
const SILENCE_MS = 20_000;

/** The line on which a station tells what airs. It comes back by itself, for ever. */
export class LiveSocket {
  #socket: WebSocket | null = null;
  #timer: number | undefined;
  #lastHeardMs = 0;
  #wantsSpectrum = true;
  readonly #backoff = new Backoff();
  readonly #watch: number;

  constructor(
    private readonly address: string,
    private readonly listener: LiveListener,
  ) {
    this.#open();
    this.#watch = window.setInterval(() => this.#checkSilence(), 2000);
    window.addEventListener("online", this.#hurry);
  }

  /** Whether frames are wanted: not when nobody looks. */
  wantSpectrum(wanted: boolean): void {
    if (wanted === this.#wantsSpectrum) return;
    this.#wantsSpectrum = wanted;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#wish(this.#socket);
  }

  close(): void {
    window.clearInterval(this.#watch);
    window.clearTimeout(this.#timer);
    window.removeEventListener("online", this.#hurry);
    this.#socket?.close();
    this.#socket = null;
  }

  readonly #hurry = (): void => {
    if (this.#timer === undefined) return;
    window.clearTimeout(this.#timer);
    this.#open();
  };

  #open(): void {
    this.#timer = undefined;
    const socket = new WebSocket(this.address);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#lastHeardMs = performance.now();
    socket.onopen = () => {
      this.#backoff.succeeded();
      if (!this.#wantsSpectrum) this.#wish(socket);
      this.listener.connection(true);
    };
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      this.#lastHeardMs = performance.now();
      if (typeof data === "string") this.listener.event(JSON.parse(data) as LiveEvent);
      else this.listener.spectrum(data);
    };
    socket.onclose = () => this.#lost(socket);
  }

  #lost(socket: WebSocket): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.listener.connection(false);
    this.#timer = window.setTimeout(() => this.#open(), this.#backoff.nextMs());
  }

  #checkSilence(): void {
    const socket = this.#socket;
    if (socket === null || document.hidden || performance.now() - this.#lastHeardMs < SILENCE_MS) return;
    socket.close();
    this.#lost(socket);
  }

  #wish(socket: WebSocket): void {
    socket.send(JSON.stringify({ spectrum: this.#wantsSpectrum }));
  }
}

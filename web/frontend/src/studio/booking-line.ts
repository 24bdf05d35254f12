import { Backoff } from "../backoff";
import type { Booking, Studio } from "./studio";

const ASK_EVERY_MS = 5000;

type Event = { event: "booking"; booking: Booking } | { event: "away" };

/**
 * The line on which the studio tells of its bookings as they change. While it is broken they are asked for every few seconds, and it comes
 * back by itself. A ticket opens it once: a browser sends no token with a socket.
 */
export class BookingLine {
  #socket: WebSocket | null = null;
  #timer: number | undefined;
  #asking: number | undefined;
  #closed = false;
  readonly #backoff = new Backoff();

  constructor(
    private readonly studio: Studio,
    /** Hears of bookings as they are now, of one or of many. */
    private readonly heard: (bookings: Booking[]) => void,
    private readonly failed: (problem: unknown) => void,
  ) {
    void this.ask();
    void this.#open();
  }

  close(): void {
    this.#closed = true;
    window.clearTimeout(this.#timer);
    window.clearTimeout(this.#asking);
    this.#socket?.close();
    this.#socket = null;
  }

  /** Asks for the latest ones at once; and again in a while, as long as the socket is away. */
  async ask(): Promise<void> {
    window.clearTimeout(this.#asking);
    try {
      const found = await this.studio.bookings();
      if (!this.#closed) this.heard(found);
    } catch (problem) {
      if (!this.#closed) this.failed(problem);
    }
    if (!this.#closed && this.#socket?.readyState !== WebSocket.OPEN) this.#asking = window.setTimeout(() => void this.ask(), ASK_EVERY_MS);
  }

  async #open(): Promise<void> {
    try {
      const { ticket } = await this.studio.session.ask<{ ticket: string }>("POST", "/api/v1/tickets");
      if (this.#closed) return;
      const address = new URL(`/ws/pipeline/${encodeURIComponent(this.studio.station)}?ticket=${encodeURIComponent(ticket)}`, location.href);
      address.protocol = address.protocol.replace("http", "ws");
      const socket = new WebSocket(address);
      this.#socket = socket;
      socket.onopen = () => this.#backoff.succeeded();
      socket.onmessage = ({ data }: MessageEvent<string>) => {
        const told = JSON.parse(data) as Event;
        if (told.event === "booking") this.heard([told.booking]);
      };
      socket.onclose = () => this.#lost(socket);
    } catch {
      this.#again();
    }
  }

  #lost(socket: WebSocket): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    void this.ask();
    this.#again();
  }

  #again(): void {
    if (!this.#closed) this.#timer = window.setTimeout(() => void this.#open(), this.#backoff.nextMs());
  }
}

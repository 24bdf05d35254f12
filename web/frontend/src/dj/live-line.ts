import { Backoff } from "../backoff";
import { Problem } from "../session/problem";
import { WhipCall } from "./whip-call";

/** off: nobody wants to be live; calling: the station is being called; up: it hears us; lost: it is called again soon. */
export type Standing = "off" | "calling" | "up" | "lost";

const LONGEST_WAIT_MS = 10_000;

/** Keeps a line to the station up for as long as the DJ wants to be live. */
export class LiveLine {
  standing: Standing = "off";
  /** Why there is no line, or none any more; empty if nothing is to be said. */
  problem = "";
  /** When the next call is due, by performance.now(). */
  retryAtMs = 0;

  readonly #backoff = new Backoff(LONGEST_WAIT_MS);
  #track: MediaStreamTrack | null = null;
  #call: WhipCall | null = null;
  #timer: number | undefined;

  /** `address` and `headers` are asked for anew at each call; `headers` may throw Problem. */
  constructor(
    private readonly address: () => string,
    private readonly headers: () => Promise<Record<string, string>>,
    private readonly changed: () => void,
  ) {
    window.addEventListener("pagehide", () => this.close());
    window.addEventListener("online", () => {
      if (this.standing === "lost") this.#again();
    });
  }

  /** The station's name for the present call; empty without one. */
  get session(): string {
    return this.#call?.session ?? "";
  }

  /** Goes live with what `track` carries. */
  open(track: MediaStreamTrack): void {
    this.close();
    this.problem = "";
    this.#track = track;
    this.#again();
  }

  /** Sends another microphone's sound from now on. */
  carry(track: MediaStreamTrack): void {
    if (this.standing === "off") return;
    this.#track = track;
    this.#call?.carry(track);
  }

  close(): void {
    if (this.standing === "off") return;
    this.#drop();
    this.#track = null;
    this.#backoff.succeeded();
    this.#become("off");
  }

  #again(): void {
    const track = this.#track;
    if (track === null) return;
    this.#drop();
    this.#become("calling");
    const call = new WhipCall(track, {
      connected: () => {
        this.#backoff.succeeded();
        this.problem = "";
        this.#become("up");
      },
      lost: (sentAway) => (sentAway ? this.#giveUp("The station has ended your turn.") : this.#wait("The line to the station was lost.", null)),
    });
    this.#call = call;
    this.#begin(call).catch((problem: unknown) => {
      if (this.#call !== call) return;
      if (problem instanceof Problem && !mayPass(problem)) this.#giveUp(problem.message);
      else this.#wait(problem instanceof Problem ? problem.message : "This browser could not call the station.", problem instanceof Problem ? problem.retryAfterSeconds : null);
    });
  }

  async #begin(call: WhipCall): Promise<void> {
    const headers = await this.headers();
    if (this.#call === call) await call.begin(this.address(), headers);
  }

  #wait(problem: string, seconds: number | null): void {
    this.#drop();
    this.problem = problem;
    const ms = Math.max(this.#backoff.nextMs(), Math.min((seconds ?? 0) * 1000, LONGEST_WAIT_MS));
    this.retryAtMs = performance.now() + ms;
    this.#timer = window.setTimeout(() => this.#again(), ms);
    this.#become("lost");
  }

  #giveUp(problem: string): void {
    this.close();
    this.problem = problem;
    this.changed();
  }

  #drop(): void {
    window.clearTimeout(this.#timer);
    this.#call?.close();
    this.#call = null;
  }

  #become(standing: Standing): void {
    this.standing = standing;
    this.changed();
  }
}

/** Whether the same call may be taken a little later. */
function mayPass({ status }: Problem): boolean {
  return status === 0 || status === 429 || status >= 500;
}

import type { ReactiveController, ReactiveControllerHost } from "lit";

import { Problem } from "../session/problem";

/** Asks the same thing again and again, for as long as its element is on the page and somebody looks at it. */
export class Asked<T> implements ReactiveController {
  /** The latest answer; null before the first. */
  answer: T | null = null;
  /** Why the last question had none; empty if it had. */
  problem = "";

  #timer: number | undefined;
  #asked = 0;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly everyMs: number,
    private readonly ask: () => Promise<T>,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener("visibilitychange", this.#seen);
    // The element's properties come after it is connected, by its first update.
    void this.host.updateComplete.then(() => this.now());
  }

  hostDisconnected(): void {
    document.removeEventListener("visibilitychange", this.#seen);
    window.clearTimeout(this.#timer);
    this.#asked++;
  }

  /** Asks at once; what was asked before does not count any more. */
  async now(): Promise<void> {
    window.clearTimeout(this.#timer);
    const asked = ++this.#asked;
    try {
      const answer = await this.ask();
      if (asked !== this.#asked) return;
      this.answer = answer;
      this.problem = "";
    } catch (problem) {
      if (asked !== this.#asked) return;
      this.problem = problem instanceof Problem ? problem.message : "Something went wrong in this page. Load it again.";
    }
    this.host.requestUpdate();
    if (!document.hidden) this.#timer = window.setTimeout(() => void this.now(), this.everyMs);
  }

  readonly #seen = (): void => {
    if (!document.hidden) void this.now();
  };
}

/** How long to wait before the next try: doubles from half a second to `longestMs`, give or take a fifth, so that no crowd returns at once. */
export class Backoff {
  #tries = 0;

  constructor(private readonly longestMs = 8000) {}

  /** Tries since the last success. */
  get tries(): number {
    return this.#tries;
  }

  nextMs(): number {
    const ms = Math.min(this.longestMs, 500 * 2 ** this.#tries++);
    return ms * (0.8 + 0.4 * Math.random());
  }

  succeeded(): void {
    this.#tries = 0;
  }
}

import { FRAMES_PER_SECOND, type ProgrammeChange, type Song, type Turn } from "./messages";

/** The programme as it stands for a listener who hears one position of it: others may be seconds ahead of him. */
export interface Heard {
  turn: Turn;
  next: Song | null;
  /** Latest first. */
  before: Turn[];
  /** The turn is long over and nothing followed: the station's engine is away and a loop airs. */
  adrift: boolean;
}

/** Whether nobody knows when it ends: somebody is live. */
export function endless({ song, started_position, ends_position }: Turn): boolean {
  return song.source === "live" && ends_position <= started_position;
}

const ADRIFT_FRAMES = 6 * FRAMES_PER_SECOND;
const KEPT = 40;

/** All turns that are known, so that each can be shown when it is heard and not when it is announced. */
export class Programme {
  #turns: Turn[] = [];
  #upcoming: Song[] = [];

  take(change: ProgrammeChange): void {
    const turns = new Map(this.#turns.map((turn) => [turn.song.entry_id, turn]));
    for (const turn of [...change.history, change.airing]) turns.set(turn.song.entry_id, turn);
    this.#turns = [...turns.values()].sort((a, b) => a.started_position - b.started_position).slice(-KEPT);
    this.#upcoming = change.upcoming;
  }

  /** Frames until somebody who hears `position` hears the next turn that is known; infinite while none is. */
  framesUntilNext(position: number): number {
    return (this.#turns.find((turn) => turn.started_position > position)?.started_position ?? Infinity) - position;
  }

  /** Whose turn it is at `position`; null when nothing is known. */
  turnAt(position: number): Turn | null {
    return this.#turns[this.#indexAt(position)] ?? null;
  }

  /** What a listener hears who hears `position`; null when nothing is known. */
  heardAt(position: number): Heard | null {
    const index = this.#indexAt(position);
    const turn = this.#turns[index];
    if (turn === undefined) return null;
    const following = this.#turns[index + 1]?.song ?? this.#upcoming[0] ?? null;
    return {
      turn,
      next: endless(turn) ? null : following,
      before: this.#turns.slice(0, index).reverse(),
      adrift: !endless(turn) && index === this.#turns.length - 1 && position > turn.ends_position + ADRIFT_FRAMES,
    };
  }

  #indexAt(position: number): number {
    return Math.max(
      0,
      this.#turns.findLastIndex((turn) => turn.started_position <= position),
    );
  }
}

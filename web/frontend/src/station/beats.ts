import type { Beat } from "./messages";

const KEPT = 40;

/** Where a position lies within its beat. */
export interface Pulse {
  /** 0 at the beat, nearly 1 before the next one. */
  phase: number;
  /** Of its bar; 0 is the one. */
  number: number;
}

/** The beats of the turns that are known. Nothing is sent beat by beat: the phase is computed for whatever position is heard. */
export class Beats {
  #beats = new Map<string, Beat>();

  take(beat: Beat): void {
    this.#beats.delete(beat.entry_id);
    this.#beats.set(beat.entry_id, beat);
    if (this.#beats.size > KEPT) this.#beats.delete(this.#beats.keys().next().value as string);
  }

  /** The pulse at `position` in the turn of `entryId`; null where nothing steady beats. */
  at(entryId: string, position: number): Pulse | null {
    const beat = this.#beats.get(entryId);
    if (beat === undefined) return null;
    const passed = beatsPassed(beat, position);
    const whole = Math.floor(passed);
    return { phase: passed - whole, number: ((whole % beat.beats_a_bar) + beat.beats_a_bar) % beat.beats_a_bar };
  }
}

/** Since the first beat of some bar. During a mix on the beat the tempo goes evenly from one track's to the other's. */
function beatsPassed({ position: begin, beat_frames, one_position, glide }: Beat, position: number): number {
  const at = position - begin;
  if (glide === null || at < 0 || at >= glide.frames) return (position - one_position) / beat_frames;
  const [first, last] = [1 / glide.from_beat_frames, 1 / glide.to_beat_frames];
  return first * at + ((last - first) * at * at) / (2 * glide.frames);
}

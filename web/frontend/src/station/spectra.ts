import { FRAMES_PER_SECOND } from "./messages";

export const BANDS = 64;
const HEADER_BYTES = 8;
const KEPT = 1200; // 40 s at 30 a second: the farthest that a listener's player runs behind the air
const WIDEST_GAP_FRAMES = FRAMES_PER_SECOND / 4;

interface Frame {
  position: number;
  levels: Uint8Array;
}

/** Spectrum frames that have arrived, to be shown when their position is heard. */
export class Spectra {
  #frames: Frame[] = [];

  /** Takes one message: 8 bytes of position, 64 bands, 64 peaks. Returns the position. */
  take(message: ArrayBuffer): number {
    const position = Number(new DataView(message).getBigUint64(0, true));
    this.#frames.push({ position, levels: new Uint8Array(message, HEADER_BYTES, 2 * BANDS) });
    if (this.#frames.length > KEPT) this.#frames.splice(0, KEPT / 4);
    return position;
  }

  /** Writes bands and peaks at `position` into `into` (128 values of 0..1), between the two nearest frames. False if none is near. */
  at(position: number, into: Float32Array): boolean {
    let after = this.#frames.length;
    while (after > 0 && (this.#frames[after - 1] as Frame).position > position) after--;
    const a = this.#frames[after - 1];
    const b = this.#frames[after] ?? a;
    if (a === undefined || b === undefined || position - a.position > WIDEST_GAP_FRAMES) return false;
    const span = b.position - a.position;
    const share = span > 0 && span < WIDEST_GAP_FRAMES ? (position - a.position) / span : 0;
    for (let band = 0; band < into.length; band++) {
      const from = a.levels[band] ?? 0;
      into[band] = (from + ((b.levels[band] ?? 0) - from) * share) / 255;
    }
    return true;
  }
}

import type { StationClock } from "../station/clock";

/** One encoding of the programme that the listener may choose. */
export interface Rung {
  bitrate: number;
}

/** What a listener may ask for: a bitrate, the least delay, or (null) whatever the line carries. */
export type Quality = number | "live" | null;

/** How the sound comes. */
export type Way = "webrtc" | "hls" | "mount";

/** Why a stream gave up: the line, or what came over it. */
export type Failure = "line" | "media";

export interface StreamReport {
  /** The rungs are known, or another one plays. */
  rungs(rungs: readonly Rung[], playing: Rung | null): void;
  /** The first sound is heard, of a stream whose element says that it plays before there is any. */
  sounds(): void;
  failed(failure: Failure): void;
}

/** What a stream is made of. */
export interface StreamParts {
  audio: HTMLAudioElement;
  station: string;
  clock: StationClock;
  /** How long after a position is on air it is heard on a mount, in seconds (server/icy). */
  mountDelay: number;
  /** The line let the sound stand still a moment ago: begin with the least. */
  strained: boolean;
  report: StreamReport;
}

/**
 * One way to hear the station, made for one listening: prepared while nobody listens yet, started by `play`, thrown away after.
 */
export interface Stream {
  readonly way: Way;
  /** Starts at the live edge; call it in the listener's own click. Rejects as HTMLMediaElement.play does. */
  play(): Promise<void>;
  /** The position that is heard now; null while that cannot be told. */
  heard(): number | null;
  /** Keeps to the rung of this bitrate; null leaves the choice to the stream. */
  prefer(bitrate: number | null): void;
  close(): void;
}

/** Gives the element back its silence, so that the next stream finds it as new. */
export function empty(audio: HTMLAudioElement): void {
  audio.pause();
  audio.removeAttribute("src");
  audio.load();
}

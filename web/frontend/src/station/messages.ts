/** What the live socket says; the server's side is web/live_events.py. A position is a count of frames since the station's epoch. */

export const FRAMES_PER_SECOND = 48_000;

export interface Song {
  entry_id: string;
  track_id: string;
  title: string;
  artist: string;
  album: string;
  genre: string;
  source: "library" | "studio" | "live" | "bed" | "loop";
  /** The credit that a licence asks for: it is shown with the song; empty where none is due. */
  attribution: string;
}

/** A song's turn on air. */
export interface Turn {
  song: Song;
  started_position: number;
  ends_position: number;
  offset_frames: number;
}

export interface Greeting {
  event: "hello";
  station: string;
  title: string;
  description: string;
  /** UNIX seconds of position 0. */
  epoch: number;
  sample_rate: number;
  sitting: number;
  position: number;
}

export interface ProgrammeChange {
  event: "nowplaying";
  position: number;
  airing: Turn;
  upcoming: Song[];
  /** Latest first. */
  history: Turn[];
}

export interface Loudness {
  event: "levels";
  position: number;
  momentary_lufs: number;
  short_term_lufs: number;
  integrated_lufs: number;
  true_peak_dbtp: number;
  /** Of the limiter. */
  gain_reduction_db: number;
  /** Of the four compressors, from the lowest band to the highest. */
  band_reductions_db: number[];
  servo_gain_db: number;
  range_lu: number;
  preset: string;
}

/** Where the beats of a turn lie; the server's side is web/beats.py. */
export interface Beat {
  event: "beat";
  /** Where the turn begins that this is about. */
  position: number;
  entry_id: string;
  bpm: number;
  beat_frames: number;
  /** Of the first beat of some bar. */
  one_position: number;
  beats_a_bar: number;
  /** What holds instead for so many frames from `position` on, which is the first beat of a bar then. */
  glide: { frames: number; from_beat_frames: number; to_beat_frames: number } | null;
}

export type LiveEvent = Greeting | ProgrammeChange | Loudness | Beat;

import type { Song } from "./station/messages";

/** The lock screen and the headset's keys: shows the song there and takes their wishes. */
export class LockScreen {
  readonly #session = "mediaSession" in navigator ? navigator.mediaSession : null;
  #shown = "";

  constructor(listen: () => void, hush: () => void) {
    this.#session?.setActionHandler("play", listen);
    this.#session?.setActionHandler("pause", hush);
    this.#session?.setActionHandler("stop", hush);
  }

  show(song: Song, station: string, cover: string): void {
    if (this.#session === null || this.#shown === song.entry_id) return;
    this.#shown = song.entry_id;
    this.#session.metadata = new MediaMetadata({ title: song.title, artist: song.artist, album: station, artwork: [{ src: cover, sizes: "640x640" }] });
  }

  sounding(sounding: boolean): void {
    if (this.#session !== null) this.#session.playbackState = sounding ? "playing" : "paused";
  }
}

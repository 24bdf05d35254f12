import { CUSTOM } from "../session/send";
import type { StationClock } from "../station/clock";
import { ConcealedSound } from "./concealed-sound";
import { empty, type Stream, type StreamParts } from "./stream";

/** From the wish to the first sound; after that another way is quicker. */
const PATIENCE_MS = 4000;
/** No packet for so long: the peer is gone, or the line to it. */
const SILENCE_MS = 3000;
const LOOK_MS = 200;
const WRAP = 2 ** 32;

/**
 * The way of the least delay: Opus by WebRTC, fetched by WHEP. It asks for nothing before `play`, has one try, and leaves it to others
 * what comes after. The station stamps each packet with its position, so what is heard is known to the packet: the browser tells which
 * one it hands to the loudspeaker, and whatever its jitter buffer holds back is in that already.
 */
export class WhepStream implements Stream {
  static readonly supported = typeof RTCPeerConnection === "function";

  readonly way = "webrtc";
  readonly #audio: HTMLAudioElement;
  readonly #clock: StationClock;
  readonly #address: string;
  readonly #report: StreamParts["report"];
  readonly #peer = new RTCPeerConnection();
  readonly #receiver = this.#peer.addTransceiver("audio", { direction: "recvonly" }).receiver;
  readonly #concealed = new ConcealedSound(this.#receiver);
  /** Where the station keeps this listening, to be told of its end. */
  #session: URL | null = null;
  #stamp: number | null = null;
  #movedAtMs = 0;
  #watch: number | undefined;
  #closed = false;

  constructor({ audio, station, clock, report }: StreamParts) {
    this.#audio = audio;
    this.#clock = clock;
    this.#report = report;
    this.#address = `/whep/${encodeURIComponent(station)}`;
    this.#peer.addEventListener("connectionstatechange", () => {
      if (["failed", "closed"].includes(this.#peer.connectionState)) this.#fail();
    });
    window.addEventListener("pagehide", this.#leave);
  }

  play(): Promise<void> {
    this.#audio.srcObject = new MediaStream([this.#receiver.track]);
    const playing = this.#audio.play();
    this.#movedAtMs = performance.now();
    this.#watch = window.setInterval(() => this.#look(performance.now()), LOOK_MS);
    this.#meet().catch(() => this.#fail());
    return playing;
  }

  heard(): number | null {
    const stamp = this.#stampHeard();
    const air = this.#clock.airAt(performance.now());
    return stamp === null || air === null ? null : unwrapped(stamp, Math.round(air));
  }

  prefer(): void {}

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    window.clearInterval(this.#watch);
    window.removeEventListener("pagehide", this.#leave);
    this.#peer.close();
    this.#leave();
    this.#audio.srcObject = null;
    empty(this.#audio);
  }

  /** Raises whatever keeps the two from meeting. */
  async #meet(): Promise<void> {
    const offer = await this.#peer.createOffer();
    const sdp = inStereo(offer.sdp ?? "");
    await this.#peer.setLocalDescription({ type: "offer", sdp });
    // The offer names no address of ours: the browser would only give names that nobody can look up, and the station sees where we come from.
    const headers = { ...CUSTOM, "Content-Type": "application/sdp", Accept: "application/sdp" };
    const answer = await fetch(this.#address, { method: "POST", headers, body: sdp, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status !== 201) throw new Error(`The station answered ${answer.status}.`);
    this.#session = new URL(answer.headers.get("Location") ?? "", answer.url);
    if (this.#closed) return this.#leave();
    await this.#peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  }

  readonly #leave = (): void => {
    const session = this.#session;
    this.#session = null;
    if (session !== null) fetch(session, { method: "DELETE", headers: CUSTOM, keepalive: true }).catch(() => undefined);
  };

  #look(nowMs: number): void {
    const stamp = this.#stampHeard();
    const first = this.#stamp === null;
    if (stamp !== this.#stamp) {
      this.#stamp = stamp;
      this.#movedAtMs = nowMs;
      if (first) this.#report.sounds();
    } else if (nowMs - this.#movedAtMs > (first ? PATIENCE_MS : SILENCE_MS)) return this.#fail();
    this.#concealed.look(nowMs, () => this.#fail());
  }

  #stampHeard(): number | null {
    return this.#receiver.getSynchronizationSources()[0]?.rtpTimestamp ?? null;
  }

  #fail(): void {
    if (!this.#closed) this.#report.failed("line");
  }
}

/** A browser plays both channels only if its own offer says that it can. */
function inStereo(sdp: string): string {
  return sdp.replace(/^a=fmtp:.*useinbandfec=1.*$/gm, (line) =>
    line.includes("stereo=1") ? line : line.replace("useinbandfec=1", "useinbandfec=1;stereo=1"),
  );
}

/** The position nearest to `air` of which the packet's stamp is the lower half. */
function unwrapped(stamp: number, air: number): number {
  const ahead = (((stamp - air) % WRAP) + WRAP) % WRAP;
  return air + (ahead < WRAP / 2 ? ahead : ahead - WRAP);
}

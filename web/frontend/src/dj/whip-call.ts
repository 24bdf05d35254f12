import { Problem, problemOf, unreachable } from "../session/problem";
import { CUSTOM } from "../session/send";

const CONNECT_MS = 10_000;
/** A line that is disturbed may come back; one that has been for so long is lost. */
const DISTURBED_MS = 4000;
const GONE = 410;
const SOUND = "stereo=1;sprop-stereo=1;maxaveragebitrate=128000;usedtx=0";

export interface CallReports {
  connected(): void;
  /** It is over, and not by `close`. `sentAway`: the station ended it. */
  lost(sentAway: boolean): void;
}

/** One call to the station by WHIP: begun once, over once. */
export class WhipCall {
  /** As the station names it; empty before it has answered. */
  session = "";

  readonly #peer = new RTCPeerConnection();
  readonly #sender: RTCRtpSender;
  #address: URL | null = null;
  #over = false;
  #timer: number | undefined;

  constructor(
    track: MediaStreamTrack,
    private readonly report: CallReports,
  ) {
    this.#sender = this.#peer.addTransceiver(track, { direction: "sendonly" }).sender;
    this.#peer.addEventListener("connectionstatechange", () => this.#changed());
  }

  /** Throws Problem if the station does not take the call. */
  async begin(address: string, headers: Record<string, string>): Promise<void> {
    const offer = await this.#peer.createOffer();
    const sdp = (offer.sdp ?? "").replace(/^(a=fmtp:\d+ .*)useinbandfec=1.*$/gm, `$1${SOUND}`);
    await this.#peer.setLocalDescription({ type: "offer", sdp });
    const init = { method: "POST", headers: { ...headers, "Content-Type": "application/sdp" }, body: sdp, signal: AbortSignal.timeout(CONNECT_MS) };
    const answer = await fetch(address, init).catch(() => {
      throw unreachable();
    });
    const text = await answer.text();
    if (answer.status !== 201) throw problemOf(answer.status, text, answer.headers.get("Retry-After"));
    this.#address = new URL(answer.headers.get("Location") ?? "", answer.url);
    this.session = this.#address.pathname.split("/").at(-2) ?? "";
    if (this.#over) return void this.#hangUp();
    this.#timer = window.setTimeout(() => void this.#lose(), CONNECT_MS);
    await this.#peer.setRemoteDescription({ type: "answer", sdp: text }).catch(() => {
      throw new Problem("This browser cannot read the station's answer.", 0, "", null);
    });
    // The peer itself does not tell when the other side has hung up.
    const { transport } = this.#sender;
    transport?.addEventListener("statechange", () => {
      if (transport.state === "closed" || transport.state === "failed") void this.#lose();
    });
  }

  carry(track: MediaStreamTrack): void {
    void this.#sender.replaceTrack(track);
  }

  /** Hangs up. */
  close(): void {
    if (this.#end()) void this.#hangUp();
  }

  #changed(): void {
    window.clearTimeout(this.#timer);
    switch (this.#peer.connectionState) {
      case "connected":
        this.report.connected();
        break;
      case "connecting":
        this.#timer = window.setTimeout(() => void this.#lose(), CONNECT_MS);
        break;
      case "disconnected":
        this.#timer = window.setTimeout(() => void this.#lose(), DISTURBED_MS);
        break;
      case "failed":
      case "closed":
        void this.#lose();
    }
  }

  async #lose(): Promise<void> {
    if (!this.#end()) return;
    const answer = await this.#hangUp();
    this.report.lost(answer?.status === GONE);
  }

  #end(): boolean {
    if (this.#over) return false;
    this.#over = true;
    window.clearTimeout(this.#timer);
    this.#peer.close();
    return true;
  }

  async #hangUp(): Promise<Response | null> {
    if (this.#address === null) return null;
    return fetch(this.#address, { method: "DELETE", headers: CUSTOM, keepalive: true, signal: AbortSignal.timeout(CONNECT_MS) }).catch(() => null);
  }
}

const PERIOD_MS = 2000;
/** Of the sound of a period that was made up; more than that for more than so many periods in a row is no music any more. */
const BEARABLE_SHARE = 0.3;
const BEARABLE_PERIODS = 2;

/** What of a peer's sound did not come and was made up by the browser. */
export class ConcealedSound {
  #lookedAtMs = 0;
  #concealed = 0;
  #heard = 0;
  #bad = 0;

  constructor(private readonly receiver: RTCRtpReceiver) {}

  /** Calls `unbearable` when too much was made up, of late. Call it as often as you like. */
  look(nowMs: number, unbearable: () => void): void {
    if (nowMs - this.#lookedAtMs < PERIOD_MS) return;
    this.#lookedAtMs = nowMs;
    void this.receiver.getStats().then((stats) => {
      for (const one of stats.values()) if (one.type === "inbound-rtp" && this.#isBad(one as RTCInboundRtpStreamStats)) unbearable();
    });
  }

  #isBad({ concealedSamples = 0, totalSamplesReceived = 0 }: RTCInboundRtpStreamStats): boolean {
    const concealed = concealedSamples - this.#concealed;
    const heard = totalSamplesReceived - this.#heard;
    const knownBefore = this.#heard > 0; // the join itself is made up
    this.#concealed = concealedSamples;
    this.#heard = totalSamplesReceived;
    this.#bad = knownBefore && heard > 0 && concealed > BEARABLE_SHARE * heard ? this.#bad + 1 : 0;
    return this.#bad > BEARABLE_PERIODS;
  }
}

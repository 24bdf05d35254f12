/** How the microphone is to be opened. A browser's helpers are made for calls, and harm music: they are off unless asked for. */
export interface Choice {
  /** Empty: the one that the browser would take. */
  device: string;
  echoCancellation: boolean;
  noiseSuppression: boolean;
}

export interface Level {
  /** Peaks since the last look, in dBFS, left and right; FLOOR_DB for silence. */
  peaks: [number, number];
  /** The sound touched full scale. */
  clipped: boolean;
}

export const FLOOR_DB = -60;
const SAMPLE_RATE = 48_000;
const CLIP = 0.999;
const WINDOW = 4096;
/** A step of the gain in no time would click. */
const GLIDE_SECONDS = 0.015;

/** Why there is no sound; `message` can be shown as it is. */
export class NoMicrophone extends Error {}

/** Why this page can have no microphone at all; empty if it can. */
export function hindrance(): string {
  if (navigator.mediaDevices?.getUserMedia !== undefined && typeof RTCPeerConnection === "function") return "";
  return window.isSecureContext
    ? "This browser has no way to send sound. Use a current one, or a program that speaks to the source port."
    : "Browsers give the microphone only to pages that came encrypted. Open this page by https, or on the station's own machine by localhost.";
}

/** The microphones there are. Their names are known only once one was allowed. */
export async function microphones(): Promise<MediaDeviceInfo[]> {
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return devices.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId !== "");
}

/** An open microphone: what it hears, made louder or quieter, measured, and as a track that can be sent. */
export class Microphone {
  readonly track: MediaStreamTrack;

  readonly #stream: MediaStream;
  readonly #context: AudioContext;
  readonly #gain: GainNode;
  readonly #mute: GainNode;
  readonly #analysers: [AnalyserNode, AnalyserNode];
  readonly #wave = new Float32Array(WINDOW);

  /** Asks the person if need be. Throws NoMicrophone. `lost` is called when it goes away by itself. */
  static async open({ device, echoCancellation, noiseSuppression }: Choice, lost: () => void): Promise<Microphone> {
    const wished = { echoCancellation, noiseSuppression, autoGainControl: false, channelCount: { ideal: 2 }, sampleRate: { ideal: SAMPLE_RATE } };
    const audio: MediaTrackConstraints = device === "" ? wished : { ...wished, deviceId: { exact: device } };
    const stream = await navigator.mediaDevices.getUserMedia({ audio }).catch((error: unknown) => {
      throw new NoMicrophone(reason(error));
    });
    const microphone = new Microphone(stream, lost);
    await microphone.#context.resume();
    return microphone;
  }

  private constructor(stream: MediaStream, lost: () => void) {
    const context = new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: "interactive" });
    const both = new GainNode(context, { channelCount: 2, channelCountMode: "explicit" });
    const sides = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    const sent = new MediaStreamAudioDestinationNode(context, { channelCount: 2 });
    this.#stream = stream;
    this.#context = context;
    this.#gain = both;
    this.#mute = new GainNode(context);
    this.#analysers = [new AnalyserNode(context, { fftSize: WINDOW }), new AnalyserNode(context, { fftSize: WINDOW })];
    new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(both).connect(sides);
    this.#analysers.forEach((analyser, side) => sides.connect(analyser, side));
    both.connect(this.#mute).connect(sent);
    this.track = sent.stream.getAudioTracks()[0] as MediaStreamTrack;
    stream.getAudioTracks()[0]?.addEventListener("ended", lost, { once: true });
  }

  /** The device that was opened, as `microphones` names it. */
  get device(): string {
    return this.#stream.getAudioTracks()[0]?.getSettings().deviceId ?? "";
  }

  gain(db: number): void {
    this.#gain.gain.setTargetAtTime(10 ** (db / 20), this.#context.currentTime, GLIDE_SECONDS);
  }

  /** Sends silence; the meter goes on. */
  mute(muted: boolean): void {
    this.#mute.gain.setTargetAtTime(muted ? 0 : 1, this.#context.currentTime, GLIDE_SECONDS);
  }

  level(): Level {
    const highest = this.#analysers.map((analyser) => {
      analyser.getFloatTimeDomainData(this.#wave);
      return this.#wave.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    }) as [number, number];
    const peaks = highest.map((value) => Math.max(FLOOR_DB, 20 * Math.log10(value))) as [number, number];
    return { peaks, clipped: Math.max(...highest) >= CLIP };
  }

  close(): void {
    for (const track of this.#stream.getTracks()) track.stop();
    void this.#context.close();
  }
}

function reason(error: unknown): string {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "The browser does not give this page the microphone. Allow it beside the address of this page, then try again.";
    case "NotFoundError":
    case "OverconstrainedError":
      return "No such microphone was found. Plug it in or choose another one, then try again.";
    case "NotReadableError":
    case "AbortError":
      return "The microphone cannot be read: another program may hold it. Close that program, then try again.";
    default:
      return "The microphone cannot be opened. Try again, or choose another one.";
  }
}

import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { control } from "../elements/control.styles";
import { Asked } from "../outs/asked";
import { Remembered } from "../remembered";
import { form } from "../session/form.styles";
import { Problem } from "../session/problem";
import type { Session } from "../session/session";
import { LIVE_RIGHTS, LiveDesk, type Change, type Mode, type Seat } from "./live";
import { LiveLine } from "./live-line";
import { liveWords } from "./live-words";
import { Microphone, NoMicrophone, hindrance, microphones, type Choice } from "./microphone";
import type { OnAir } from "./on-air";
import { minutes, rows } from "./rows.styles";
import { liveStyles } from "./sonic-live.styles";
import "./sonic-microphone";
import "./sonic-seats";

const LOOK_MS = 1000;
const REDRAW_MS = 250;
const MODES: [Mode, string][] = [
  ["takeover", "Take over"],
  ["talk_over", "Talk over the music"],
];

/** A DJ's own sound: the microphone, the line to the station, and who else is on. */
@customElement("sonic-live")
export class SonicLive extends LitElement {
  @property() station = "";
  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) onAir: OnAir | null = null;
  @state() private microphone: Microphone | null = null;
  @state() private devices: MediaDeviceInfo[] = [];
  @state() private opening = false;
  @state() private muted = false;
  @state() private problem = "";
  @state() private mode: Mode;
  @state() private gain: number;
  @state() private choice: Choice;

  readonly #kept = { mode: new Remembered("live.mode"), gain: new Remembered("live.gain"), choice: new Remembered("live.microphone") };
  readonly #seats = new Asked(this, LOOK_MS, () => new LiveDesk(this.session, this.station).seats());
  readonly #line = new LiveLine(
    () => this.#address(),
    () => this.session.headers(),
    () => this.#lineChanged(),
  );
  #redraw: number | undefined;
  #title = "";
  #artist = "";

  constructor() {
    super();
    this.mode = this.#kept.mode.get() === "talk_over" ? "talk_over" : "takeover";
    this.gain = Number(this.#kept.gain.get()) || 0;
    this.choice = choiceOf(this.#kept.choice.get());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#redraw = window.setInterval(() => {
      if (this.#line.standing !== "off") this.requestUpdate();
    }, REDRAW_MS);
    window.addEventListener("beforeunload", this.#hold);
    navigator.mediaDevices?.addEventListener("devicechange", this.#list);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearInterval(this.#redraw);
    window.removeEventListener("beforeunload", this.#hold);
    navigator.mediaDevices?.removeEventListener("devicechange", this.#list);
    this.#line.close();
    this.#shut();
  }

  protected override render(): TemplateResult {
    const hindered = hindrance();
    const live = this.#line.standing !== "off";
    const problem = this.problem || this.#line.problem;
    return html`
      <div class="head">
        <h2>Live</h2>
        ${this.#standing()}
        <div role="alert">${problem === "" ? nothing : html`<p class="said wrong">${problem}</p>`}</div>
      </div>
      ${hindered !== ""
        ? html`<p class="said">${hindered}</p>`
        : html`
            <div class="buttons">
              ${live
                ? html`<button class="pill" type="button" @click=${() => this.#line.close()}>Leave</button>`
                : html`<button class="pill first" type="button" ?disabled=${this.opening} @click=${this.#goLive}>Go live</button>`}
              ${live
                ? html`<button class="pill" type="button" aria-pressed=${this.muted} @click=${this.#mute}>${this.muted ? "Muted" : "Mute"}</button>`
                : html`<button
                    class="pill"
                    type="button"
                    aria-label=${this.microphone === null ? "Test the microphone" : "Close the microphone"}
                    ?disabled=${this.opening}
                    @click=${this.#test}
                  >
                    ${this.microphone === null ? "Test" : "Close"}
                  </button>`}
            </div>
            ${this.microphone === null ? nothing : this.#settings()}
            ${this.#how()}
          `}
      <section aria-label="Who is live">
        <sonic-seats
          .seats=${this.#seats.answer ?? []}
          .own=${this.#line.session}
          .manages=${this.session.may(LIVE_RIGHTS.manage)}
          @end=${(event: CustomEvent<Seat>) => this.#tell(() => this.#desk.end(event.detail.id))}
        ></sonic-seats>
      </section>
    `;
  }

  #standing(): TemplateResult {
    const seats = this.#seats.answer ?? [];
    const own = seats.find((seat) => seat.id === this.#line.session);
    const first = seats.find((seat) => seat.state === "on_air" && seat !== own);
    const retrySeconds = (this.#line.retryAtMs - performance.now()) / 1000;
    const { words, onAir, alert } = liveWords(this.#line.standing, own, first, retrySeconds);
    const since = own?.on_air_since ?? null;
    const seconds = onAir && since !== null ? (this.onAir?.secondsSince(Date.parse(since)) ?? null) : null;
    return html`<p class="standing" ?data-on=${onAir} ?data-alert=${alert}>
      <span class="dot" aria-hidden="true"></span>
      <span role="status">${this.muted && onAir ? `${words}, muted` : words}</span>
      ${seconds === null ? nothing : html`<time>${minutes(seconds)}</time>`}
    </p>`;
  }

  #settings(): TemplateResult {
    return html`<sonic-microphone
      .microphone=${this.microphone}
      .devices=${this.devices}
      .choice=${this.choice}
      .gain=${this.gain}
      @choice=${(event: CustomEvent<Choice>) => this.#choose(event.detail)}
      @gain=${(event: CustomEvent<number>) => this.#louder(event.detail)}
    ></sonic-microphone>`;
  }

  #how(): TemplateResult {
    return html`
      <fieldset aria-label="What your sound does to the music">
        ${MODES.map(([mode, words]) => html`<label><input type="radio" name="mode" .checked=${this.mode === mode} @change=${() => this.#turn(mode)} />${words}</label>`)}
      </fieldset>
      <form class="titles" @submit=${(event: Event) => event.preventDefault()}>
        <label>Title<input name="title" maxlength="200" autocomplete="off" placeholder="Name of the show" @change=${this.#named} /></label>
        <label>Artist<input name="artist" maxlength="200" autocomplete="off" placeholder="Your name" @change=${this.#named} /></label>
      </form>
      <p class="hint">Listeners see these while you are on.</p>
    `;
  }

  get #desk(): LiveDesk {
    return new LiveDesk(this.session, this.station);
  }

  #address(): string {
    const query = new URLSearchParams({ mode: this.mode, title: this.#title, artist: this.#artist });
    return `/whip/${encodeURIComponent(this.station)}?${query}`;
  }

  readonly #goLive = async (): Promise<void> => {
    this.#mute(false);
    const microphone = this.microphone ?? (await this.#open(this.choice));
    if (microphone !== null) this.#line.open(microphone.track);
  };

  readonly #test = async (): Promise<void> => {
    if (this.microphone === null) await this.#open(this.choice);
    else this.#shut();
  };

  async #open(choice: Choice): Promise<Microphone | null> {
    if (this.opening) return null;
    this.opening = true;
    this.problem = "";
    try {
      const microphone = await Microphone.open(choice, () => this.#unplugged());
      microphone.gain(this.gain);
      microphone.mute(this.muted);
      this.#line.carry(microphone.track);
      this.microphone?.close();
      this.microphone = microphone;
      void this.#list();
    } catch (problem) {
      this.problem = problem instanceof NoMicrophone ? problem.message : "The microphone cannot be opened.";
    }
    this.opening = false;
    return this.problem === "" && this.isConnected ? this.microphone : null;
  }

  #shut(): void {
    this.microphone?.close();
    this.microphone = null;
  }

  #unplugged(): void {
    this.#shut();
    this.#line.close();
    this.problem = "The microphone is gone. Plug it in or choose another one, then go live again.";
    this.choice = { ...this.choice, device: "" };
  }

  readonly #list = async (): Promise<void> => {
    if (this.microphone !== null) this.devices = await microphones();
  };

  async #choose(choice: Choice): Promise<void> {
    if ((await this.#open(choice)) === null) return this.requestUpdate();
    this.choice = choice;
    this.#kept.choice.set(JSON.stringify(choice));
  }

  #louder(db: number): void {
    this.gain = db;
    this.microphone?.gain(db);
    this.#kept.gain.set(String(db));
  }

  readonly #mute = (muted: unknown): void => {
    this.muted = typeof muted === "boolean" ? muted : !this.muted;
    this.microphone?.mute(this.muted);
  };

  #turn(mode: Mode): void {
    this.mode = mode;
    this.#kept.mode.set(mode);
    this.#change({ mode });
  }

  readonly #named = (event: Event): void => {
    const { name, value } = event.target as HTMLInputElement;
    if (name === "title") this.#title = value.trim();
    else this.#artist = value.trim();
    this.#change({ [name]: value.trim() });
  };

  #change(change: Change): void {
    if (this.#line.standing === "up") void this.#tell(() => this.#desk.change(this.#line.session, change));
  }

  async #tell(wish: () => Promise<unknown>): Promise<void> {
    this.problem = "";
    try {
      await wish();
    } catch (problem) {
      this.problem = problem instanceof Problem ? problem.message : "Something went wrong in this page. Load it again.";
    }
    void this.#seats.now();
  }

  #lineChanged(): void {
    this.requestUpdate();
    if (this.isConnected) void this.#seats.now();
  }

  /** Asks before a page is closed that is heard. */
  readonly #hold = (event: BeforeUnloadEvent): void => {
    if (this.#line.standing === "up") event.preventDefault();
  };

  static override styles = [control, form, rows, liveStyles];
}

function choiceOf(kept: string | null): Choice {
  const none: Choice = { device: "", echoCancellation: false, noiseSuppression: false };
  try {
    return { ...none, ...(JSON.parse(kept ?? "{}") as Partial<Choice>) };
  } catch {
    return none;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-live": SonicLive;
  }
}

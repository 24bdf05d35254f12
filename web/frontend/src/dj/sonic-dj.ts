import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { control } from "../elements/control.styles";
import { icons } from "../elements/icons";
import "../elements/sonic-cover";
import "../elements/sonic-progress";
import { pageHead } from "../page-head.styles";
import type { Palette } from "../picture/palette";
import { form } from "../session/form.styles";
import { Problem } from "../session/problem";
import { Session } from "../session/session";
import "../session/sonic-sign-in";
import "../session/sonic-who";
import { FRAMES_PER_SECOND } from "../station/messages";
import { Desk, RIGHTS, type Action, type Entry, type Rundown, type Track } from "./desk";
import { LIVE_RIGHTS } from "./live";
import { MASTERING_RIGHTS } from "./mastering";
import { OnAir } from "./on-air";
import { signs } from "./signs";
import "./sonic-confirm";
import type { SonicConfirm } from "./sonic-confirm";
import { djStyles } from "./sonic-dj.styles";
import "./sonic-live";
import "./sonic-mastering";
import "./sonic-meter";
import "./sonic-rundown";
import "./sonic-shelf";
import type { SonicShelf } from "./sonic-shelf";
import "./sonic-upload";

const REDRAW_MS = 250;
/** Changes of the rundown that come together are read once. */
const GATHER_MS = 120;
const SAID_MS = 6000;

/** The desk of one station: what airs, what comes next, and all that a DJ may do about it. */
@customElement("sonic-dj")
export class SonicDj extends LitElement {
  @property() station = "";
  @property() name = "";
  @state() private known = false;
  @state() private rundown: Rundown | null = null;
  @state() private sounding: "programme" | "bed" | "loop" = "programme";
  @state() private listeners: number | null = null;
  @state() private busy = false;
  @state() private told = "";
  @state() private problem = "";
  @query("sonic-confirm") private confirm!: SonicConfirm;
  @query("sonic-shelf") private shelf!: SonicShelf | null;

  readonly #session = new Session(() => this.#met());
  #desk!: Desk;
  #onAir: OnAir | null = null;
  #redraw: number | undefined;
  #reading: number | undefined;
  #saying: number | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#desk = new Desk(this.#session, this.station);
    void this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leave();
    window.clearTimeout(this.#saying);
  }

  async #begin(): Promise<void> {
    this.problem = "";
    try {
      await this.#session.resume();
    } catch (problem) {
      this.#wrong(problem);
    }
    this.known = true;
  }

  /** Somebody logged in or out. */
  #met(): void {
    this.requestUpdate();
    if (this.#session.me === null) return this.#leave();
    if (this.#onAir !== null) return;
    this.#onAir = new OnAir(this.station, () => this.requestUpdate(), () => this.#readSoon());
    this.#redraw = window.setInterval(() => this.requestUpdate(), REDRAW_MS);
    this.#readSoon();
  }

  #leave(): void {
    this.#onAir?.close();
    this.#onAir = null;
    this.rundown = null;
    window.clearInterval(this.#redraw);
    window.clearTimeout(this.#reading);
    this.#reading = undefined;
  }

  protected override render(): TemplateResult {
    return html`
      <div class="glow" aria-hidden="true"></div>
      ${this.#header()} ${this.#said()}
      ${this.#session.me !== null ? this.#desks() : this.known ? html`<sonic-sign-in .session=${this.#session}></sonic-sign-in>` : html`<p class="wait">One moment.</p>`}
      <sonic-confirm></sonic-confirm>
    `;
  }

  #header(): TemplateResult {
    const { me } = this.#session;
    return html`<header>
      <a class="name" href="/public/${this.station}">${icons.mark}<span>${this.name}</span></a>
      <slot name="stations"></slot>
      ${me === null ? nothing : html`<sonic-who .session=${this.#session} .me=${me} .station=${this.station} here="desk"></sonic-who>`}
    </header>`;
  }

  #said(): TemplateResult {
    return html`<div class="notices">
      <div role="alert">
        ${this.problem === "" ? nothing : html`<p class="said wrong">${this.problem} <button class="dismiss" type="button" @click=${() => (this.problem = "")}>Dismiss</button></p>`}
      </div>
      <div role="status">${this.told === "" ? nothing : html`<p class="said">${this.told}</p>`}</div>
    </div>`;
  }

  #desks(): TemplateResult {
    const may = (right: string): boolean => this.#session.may(right);
    return html`<main>
      <h1 class="unseen">DJ desk of ${this.name}</h1>
      <div class="side">
        ${this.#stage()}
        ${may(LIVE_RIGHTS.takeover)
          ? html`<section aria-label="Live"><sonic-live .station=${this.station} .session=${this.#session} .onAir=${this.#onAir}></sonic-live></section>`
          : nothing}
        ${may(RIGHTS.read)
          ? html`<section aria-label="Up next">
              <sonic-rundown
                .rundown=${this.rundown}
                .changeable=${may(RIGHTS.write)}
                .busy=${this.busy}
                @order=${(event: CustomEvent<string[]>) => this.#reorder(event.detail)}
                @remove=${(event: CustomEvent<Entry>) => this.#do(() => this.#desk.remove(event.detail.entry_id), `${event.detail.title} is not queued any more.`)}
              ></sonic-rundown>
            </section>`
          : html`<p class="said">This account may not see the queue. Ask an administrator for the role of a DJ.</p>`}
        ${may(MASTERING_RIGHTS.read)
          ? html`<section aria-label="Sound"><sonic-mastering .station=${this.station} .session=${this.#session} .onAir=${this.#onAir}></sonic-mastering></section>`
          : nothing}
      </div>
      <div class="side">
        ${may(RIGHTS.search)
          ? html`<section aria-label="Library">
              <sonic-shelf .desk=${this.#desk} .changeable=${may(RIGHTS.write)} .busy=${this.busy} @cue=${(event: CustomEvent<Track>) => this.#cue(event.detail)}></sonic-shelf>
            </section>`
          : nothing}
        ${may(RIGHTS.upload)
          ? html`<section aria-label="Upload">
              <sonic-upload .desk=${this.#desk} .session=${this.#session} .queueable=${may(RIGHTS.write)} @uploaded=${this.#uploaded}></sonic-upload>
            </section>`
          : nothing}
      </div>
    </main>`;
  }

  #stage(): TemplateResult {
    const turn = this.#onAir?.turn ?? null;
    const position = this.#onAir?.position() ?? null;
    const song = turn?.song ?? null;
    const playing = this.sounding === "programme" && song !== null;
    const begun = turn === null ? 0 : turn.started_position - turn.offset_frames;
    const total = turn === null ? 0 : (turn.ends_position - begun) / FRAMES_PER_SECOND;
    const elapsed = position === null ? 0 : Math.min(total, Math.max(0, (position - begun) / FRAMES_PER_SECOND));
    const art = song === null ? "" : `/api/station/${encodeURIComponent(this.station)}/art/${encodeURIComponent(song.track_id)}`;
    return html`<section class="stage" aria-label="On air">
      <sonic-cover .address=${art} @palette=${(event: CustomEvent<Palette>) => colour(event.detail)}></sonic-cover>
      <div class="song">
        <p class="sign" ?data-alert=${!playing || !this.#onAir?.connected}><span class="dot" aria-hidden="true"></span>${this.#sign()}</p>
        <p class="title">${playing ? song.title : this.name}</p>
        ${playing && song.artist !== "" ? html`<p class="artist">${song.artist}</p>` : nothing}
      </div>
      <div class="band">
        <sonic-progress .elapsed=${playing ? elapsed : 0} .total=${playing ? total : 0}></sonic-progress>
        <sonic-meter .levels=${this.#onAir?.levels ?? null}></sonic-meter>
      </div>
      <div class="controls">${this.#controls(playing)}</div>
    </section>`;
  }

  #sign(): string {
    if (!this.#onAir?.connected) return "The line to the station is gone. It comes back by itself.";
    if (this.sounding === "bed") return "Stopped, or nothing to play: the bed airs.";
    if (this.sounding === "loop") return "The studio is away for a moment. A loop plays until it is back.";
    const heard = this.listeners === null ? "" : `, ${this.listeners} ${this.listeners === 1 ? "listener" : "listeners"}`;
    return `On air${heard}`;
  }

  #controls(playing: boolean): TemplateResult {
    const may = (right: string): boolean => this.#session.may(right);
    return html`
      ${may(RIGHTS.skip) ? html`<button class="pill first" type="button" ?disabled=${!playing || this.busy} @click=${this.#skip}>${signs.skip} Skip</button>` : nothing}
      ${may(RIGHTS.veto) ? html`<button class="pill" type="button" ?disabled=${!playing || this.busy} @click=${this.#veto}>${signs.veto} Veto</button>` : nothing}
      ${!may(RIGHTS.stop)
        ? nothing
        : this.sounding === "bed"
          ? html`<button class="pill" type="button" ?disabled=${this.busy} @click=${() => this.#control({ action: "start" }, "The programme goes on.")}>${icons.play} Start</button>`
          : html`<button class="pill" type="button" ?disabled=${this.busy} @click=${this.#stop}>${icons.pause} Stop</button>`}
    `;
  }

  readonly #skip = (): void => {
    const entry = this.#onAir?.turn?.song;
    if (entry !== undefined) void this.#control({ action: "skip", entry_id: entry.entry_id }, `${entry.title} is skipped.`);
  };

  readonly #veto = async (): Promise<void> => {
    const song = this.#onAir?.turn?.song;
    if (song === undefined) return;
    const text = "It is skipped now, taken out of the queue, and never aired again on this station.";
    const yes = await this.confirm.ask({ title: `Never air ${song.title} again?`, text, yes: "Veto it" });
    if (yes) await this.#control({ action: "veto", track_id: song.track_id }, `${song.title} will not air again.`);
  };

  readonly #stop = async (): Promise<void> => {
    const yes = await this.confirm.ask({ title: "Stop the programme?", text: "Listeners hear the bed until you start it again.", yes: "Stop" });
    if (yes) await this.#control({ action: "stop" }, "The programme is stopped; the bed airs.");
  };

  async #control(action: Action, told: string): Promise<void> {
    await this.#do(() => this.#desk.control(action), told);
  }

  async #cue(track: Track): Promise<void> {
    await this.#do(() => this.#desk.cue(track.id), `${track.title} is queued.`);
  }

  readonly #uploaded = (): void => {
    this.#readSoon();
    void this.shelf?.look();
  };

  async #reorder(ids: string[]): Promise<void> {
    if (this.rundown === null) return;
    const entries = new Map(this.rundown.queue.map((entry) => [entry.entry_id, entry]));
    this.rundown = { ...this.rundown, queue: ids.flatMap((id) => entries.get(id) ?? []) };
    await this.#do(() => this.#desk.reorder(ids), "The queue has its new order.");
  }

  /** Does one thing at a time, says how it went, and reads what came of it. */
  async #do(wish: () => Promise<unknown>, told: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = "";
    try {
      await wish();
      this.#say(told);
    } catch (problem) {
      this.#wrong(problem);
    }
    this.busy = false;
    this.#readSoon();
  }

  #readSoon(): void {
    this.#reading ??= window.setTimeout(() => {
      this.#reading = undefined;
      void this.#read();
    }, GATHER_MS);
  }

  async #read(): Promise<void> {
    if (this.#session.me === null) return;
    try {
      const status = await this.#desk.status();
      this.sounding = status.sounding;
      this.listeners = status.listeners.total;
      if (this.#session.may(RIGHTS.read)) this.rundown = await this.#desk.rundown();
    } catch (problem) {
      this.#wrong(problem);
    }
  }

  #say(told: string): void {
    this.told = told;
    window.clearTimeout(this.#saying);
    this.#saying = window.setTimeout(() => (this.told = ""), SAID_MS);
  }

  #wrong(problem: unknown): void {
    this.told = "";
    this.problem = problem instanceof Problem ? problem.message : "Something went wrong in this page. Load it again.";
  }

  static override styles = [control, form, pageHead, djStyles];
}

function colour(palette: Palette): void {
  const { style } = document.documentElement;
  style.setProperty("--hue-first", String(palette.first));
  style.setProperty("--hue-second", String(palette.second));
  style.setProperty("--vivid", String(palette.vivid));
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-dj": SonicDj;
  }
}

import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { listenForKeys } from "../keys";
import { LockScreen } from "../lock-screen";
import { pageHead } from "../page-head.styles";
import type { Palette } from "../picture/palette";
import { Remembered } from "../remembered";
import type { Quality } from "../sound/stream";
import { Tuner } from "../sound/tuner";
import { Volume } from "../sound/volume";
import { Broadcast } from "../station/broadcast";
import { FRAMES_PER_SECOND, type Turn } from "../station/messages";
import { endless, type Heard } from "../station/programme";
import { words } from "../words";
import { control } from "./control.styles";
import { icons } from "./icons";
import "./sonic-cover";
import "./sonic-elsewhere";
import "./sonic-history";
import { playerStyles } from "./sonic-player.styles";
import "./sonic-progress";
import "./sonic-quality";
import "./sonic-spectrum";
import "./sonic-volume";

/** How often the page is drawn anew; and exactly when another turn begins to be heard. */
const REDRAW_MS = 250;
const SOONEST_MS = 5;
/** An address that ends so starts by itself, where the browser lets it: how a listener goes from station to station. */
const GO_ON = "#listen";
/** So does one that ends so, with the least delay. */
const GO_LIVE = "#live";

/** The player of one station. It joins what is known of the station to what is heard of it, and shows the latter. */
@customElement("sonic-player")
export class SonicPlayer extends LitElement {
  @property() station = "";
  @property() name = "";
  @property() description = "";
  /** Seconds from the air to the listener of a mount. */
  @property({ type: Number, attribute: "mount-delay" }) mountDelay = 0;
  /** The small form, for other people's pages. */
  @property({ type: Boolean, reflect: true }) compact = false;
  /** More stations are in the slot: their names stand where this one's would. */
  @property({ type: Boolean, reflect: true }) several = false;
  @state() private palette: Palette | null = null;

  readonly #audio = new Audio();
  readonly #volume = new Volume(this.#audio);
  readonly #remembered = new Remembered("quality");
  #quality: Quality = qualityOf(this.#remembered.get());
  #broadcast!: Broadcast;
  #tuner!: Tuner;
  #lockScreen!: LockScreen;
  #redraw: number | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#broadcast = new Broadcast(this.station, this.#refresh);
    if (location.hash === GO_LIVE) this.#quality = "live";
    this.#tuner = new Tuner(this.#audio, this.station, this.#broadcast.clock, this.mountDelay, this.#quality, this.#refresh);
    this.#lockScreen = new LockScreen(
      () => this.#tuner.listen(),
      () => this.#tuner.hush(),
    );
    this.#redrawInTime();
    document.addEventListener("keydown", this.#keys);
    document.addEventListener("visibilitychange", this.#seen);
    this.#seen();
    if (location.hash === GO_ON || location.hash === GO_LIVE) this.#tuner.listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.#redraw);
    document.removeEventListener("keydown", this.#keys);
    document.removeEventListener("visibilitychange", this.#seen);
    this.#tuner.close();
    this.#broadcast.close();
  }

  protected override render(): TemplateResult {
    const position = this.#position();
    const heard = position === null ? null : this.#broadcast.programme.heardAt(position);
    this.#showElsewhere(heard);
    return html`${this.#audio}${this.compact ? this.#small(heard, position) : this.#whole(heard, position)}`;
  }

  #whole(heard: Heard | null, position: number | null): TemplateResult {
    return html`
      <div class="glow" aria-hidden="true"></div>
      <header>
        <a class="name" href="/public/${this.station}">${icons.mark}<span>${this.name}</span></a>
        <slot name="stations" @click=${this.#leave}></slot>
      </header>
      <main>
        <section class="stage" aria-label="On air">
          ${this.#cover(heard)}
          <div class="song">
            ${this.#sign(heard, position)} ${this.#title(heard)}
            <div class="controls">
              ${this.#playButton()}
              <sonic-volume
                .fader=${this.#volume.fader}
                .muted=${this.#volume.muted}
                .adjustable=${this.#volume.adjustable}
                @fader=${(event: CustomEvent<number>) => this.#setFader(event.detail)}
                @mute=${(event: CustomEvent<boolean>) => this.#mute(event.detail)}
              ></sonic-volume>
              <sonic-quality
                .rungs=${this.#tuner.rungs}
                .playing=${this.#tuner.rung}
                .way=${this.#tuner.way}
                .preferred=${this.#quality}
                @quality=${(event: CustomEvent<Quality>) => this.#prefer(event.detail)}
              ></sonic-quality>
            </div>
          </div>
        </section>
        <section class="band" aria-label="Spectrum and progress">${this.#spectrum()} ${this.#progress(heard, position)}</section>
        <div class="ledger">
          <sonic-history .station=${this.station} .turns=${heard?.before ?? []} .epoch=${this.#broadcast.epoch ?? 0}></sonic-history>
          <sonic-elsewhere .station=${this.station}></sonic-elsewhere>
        </div>
      </main>
      <footer>
        <p class="keys"><kbd>Space</kbd> plays and pauses, <kbd>↑</kbd> <kbd>↓</kbd> set the volume, <kbd>M</kbd> mutes.</p>
        <p>A SonicForge station.</p>
      </footer>
    `;
  }

  #small(heard: Heard | null, position: number | null): TemplateResult {
    return html`
      <div class="glow" aria-hidden="true"></div>
      <main class="small">
        ${this.#cover(heard)}
        <div class="song">${this.#sign(heard, position)} ${this.#title(heard)}</div>
        <div class="controls">${this.#playButton()}</div>
        <div class="band">${this.#spectrum()}</div>
      </main>
    `;
  }

  #cover(heard: Heard | null): TemplateResult {
    const address = heard === null ? "" : this.#artOf(heard.turn);
    return html`<sonic-cover .address=${address} @palette=${(event: CustomEvent<Palette>) => this.#colour(event.detail)}></sonic-cover>`;
  }

  #sign(heard: Heard | null, position: number | null): TemplateResult {
    const { tuning, retryAtMs, stoodAtMs } = this.#tuner;
    const now = performance.now();
    const { lostAtMs } = this.#broadcast;
    const said = words({
      tuning,
      stoodSeconds: stoodAtMs === null ? null : (now - stoodAtMs) / 1000,
      retrySeconds: retryAtMs === null ? null : (retryAtMs - now) / 1000,
      unknown: heard === null,
      lostSeconds: lostAtMs === null ? null : (now - lostAtMs) / 1000,
      adrift: heard?.adrift ?? false,
    });
    const air = this.#broadcast.clock.airAt(now);
    const behind = tuning === "playing" && air !== null && position !== null ? (air - position) / FRAMES_PER_SECOND : null;
    const byHand = heard?.turn.song.source === "live";
    const told = said !== "" ? said : byHand ? "A DJ is live" : tuning === "off" ? "On air now" : "Live";
    return html`<p class="sign" data-tuning=${tuning} ?data-alert=${said !== ""}>
      <span class="dot" aria-hidden="true"></span><span role="status">${told}</span>
      ${behind !== null && said === ""
        ? html`<span class="behind" title="How long ago the studio sent what you hear">${Math.max(0, behind).toFixed(1)} s behind the studio</span>`
        : nothing}
    </p>`;
  }

  #title(heard: Heard | null): TemplateResult {
    const known = heard !== null && !heard.adrift;
    const title = known ? heard.turn.song.title : this.name;
    const artist = known ? heard.turn.song.artist : this.description;
    const credit = known ? heard.turn.song.attribution : "";
    return html`<div class="title" aria-live="polite" aria-atomic="true">
      <h1 class=${title.length > 34 ? "long" : ""}>${title}</h1>
      ${artist === "" ? nothing : html`<p class="artist">${artist}</p>`} ${credit === "" ? nothing : html`<p class="credit">${credit}</p>`}
    </div>`;
  }

  #playButton(): TemplateResult {
    const off = this.#tuner.tuning === "off";
    return html`<button class="play" type="button" data-tuning=${this.#tuner.tuning} title=${off ? "Listen (Space)" : "Pause (Space)"} @click=${this.#toggle}>
      ${off ? icons.play : icons.pause}<span>${off ? "Listen" : "Pause"}</span>
    </button>`;
  }

  #spectrum(): TemplateResult {
    return html`<sonic-spectrum
      .spectra=${this.#broadcast.spectra}
      .heard=${this.#position}
      .pulseAt=${this.#broadcast.pulseAt}
      .palette=${this.palette}
      ?dim=${this.#tuner.tuning !== "playing"}
    ></sonic-spectrum>`;
  }

  #progress(heard: Heard | null, position: number | null): TemplateResult {
    if (heard === null || position === null || heard.adrift) return html`<sonic-progress></sonic-progress>`;
    const { started_position, ends_position, offset_frames } = heard.turn;
    const total = endless(heard.turn) ? 0 : (ends_position - started_position + offset_frames) / FRAMES_PER_SECOND;
    const elapsed = Math.max(0, position - started_position + offset_frames) / FRAMES_PER_SECOND;
    const { next } = heard;
    return html`<sonic-progress .elapsed=${total === 0 ? elapsed : Math.min(total, elapsed)} .total=${total}>
      ${next === null ? nothing : html`<span class="next"><span>Next</span> ${next.artist === "" ? next.title : `${next.title}, ${next.artist}`}</span>`}
    </sonic-progress>`;
  }

  /** What is heard; while nobody listens, what is on air. */
  readonly #position = (): number | null => this.#tuner.heard() ?? this.#broadcast.clock.airAt(performance.now());

  readonly #refresh = (): void => {
    this.#seen();
    this.requestUpdate();
  };

  readonly #redrawInTime = (): void => {
    this.#refresh();
    const position = this.#position();
    const frames = position === null ? Infinity : this.#broadcast.programme.framesUntilNext(position);
    this.#redraw = window.setTimeout(this.#redrawInTime, Math.min(REDRAW_MS, Math.max(SOONEST_MS, (frames / FRAMES_PER_SECOND) * 1000)));
  };

  readonly #toggle = (): void => {
    if (this.#tuner.tuning === "off") this.#tuner.listen();
    else this.#tuner.hush();
  };

  readonly #keys = listenForKeys({
    toggle: this.#toggle,
    louder: (step) => this.#setFader(this.#volume.fader + step),
    mute: () => this.#mute(!this.#volume.muted),
  });

  /** The picture is drawn while somebody looks at it and the line has room for it beside the sound. */
  readonly #seen = (): void => {
    const looked = !document.hidden && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#broadcast.draw(looked && !this.#tuner.strained);
  };

  /** Going to another station: a listener who listens goes on listening there. */
  readonly #leave = (event: Event): void => {
    const link = event.composedPath().find((one) => one instanceof HTMLAnchorElement);
    if (link !== undefined && this.#tuner.tuning !== "off") link.hash = this.#quality === "live" ? GO_LIVE : GO_ON;
  };

  #setFader(fader: number): void {
    this.#volume.set(fader);
    this.requestUpdate();
  }

  #mute(muted: boolean): void {
    this.#volume.mute(muted);
    this.requestUpdate();
  }

  #prefer(quality: Quality): void {
    this.#quality = quality;
    this.#remembered.set(String(quality ?? ""));
    this.#tuner.prefer(quality);
    this.requestUpdate();
  }

  #colour(palette: Palette): void {
    this.palette = palette;
    const { style } = document.documentElement;
    style.setProperty("--hue-first", String(palette.first));
    style.setProperty("--hue-second", String(palette.second));
    style.setProperty("--vivid", String(palette.vivid));
  }

  /** The window's title and the lock screen. */
  #showElsewhere(heard: Heard | null): void {
    if (heard === null) return;
    const { song } = heard.turn;
    const sung = song.artist === "" ? song.title : `${song.title} – ${song.artist}`;
    const title = this.#tuner.tuning === "playing" ? `${sung} · ${this.name}` : this.name;
    if (document.title !== title) document.title = title;
    this.#lockScreen.show(song, this.name, this.#artOf(heard.turn));
    this.#lockScreen.sounding(this.#tuner.tuning !== "off");
  }

  #artOf({ song }: Turn): string {
    return `/api/station/${encodeURIComponent(this.station)}/art/${encodeURIComponent(song.track_id)}`;
  }

  static override styles = [control, pageHead, playerStyles];
}

function qualityOf(remembered: string | null): Quality {
  return remembered === "live" ? "live" : Number(remembered) || null;
}

declare global {
  interface HTMLElementTagNameMap {
    "sonic-player": SonicPlayer;
  }
}

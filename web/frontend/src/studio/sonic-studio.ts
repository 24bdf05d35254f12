import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { djStyles } from "../dj/sonic-dj.styles";
import { control } from "../elements/control.styles";
import { icons } from "../elements/icons";
import { pageHead } from "../page-head.styles";
import { form } from "../session/form.styles";
import { Problem } from "../session/problem";
import { Session } from "../session/session";
import "../session/sonic-sign-in";
import "../session/sonic-who";
import { BookingLine } from "./booking-line";
import "./sonic-agents";
import "./sonic-beliefs";
import "./sonic-bookings";
import "./sonic-commission";
import "./sonic-takes";
import type { SonicTakes } from "./sonic-takes";
import { STUDIO_RIGHTS, Studio, type Booking } from "./studio";
import { isUnderWay, wished } from "./studio-words";

const SHOWN = 12;
const SAID_MS = 6000;

/** The studio of one station: tracks to order, how far they are, who makes them, and what is learnt of the listeners. */
@customElement("sonic-studio")
export class SonicStudio extends LitElement {
  @property() station = "";
  @property() name = "";
  @state() private known = false;
  @state() private problem = "";
  @state() private told = "";
  @state() private bookings: Booking[] | null = null;
  @query("sonic-takes") private takes!: SonicTakes | null;

  readonly #session = new Session(() => this.#met());
  #studio!: Studio;
  #line: BookingLine | null = null;
  #saying: number | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#studio = new Studio(this.#session, this.station);
    void this.#session
      .resume()
      .catch((problem: unknown) => this.#wrong(problem))
      .finally(() => (this.known = true));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leave();
    window.clearTimeout(this.#saying);
  }

  /** Somebody logged in or out. */
  #met(): void {
    this.requestUpdate();
    if (this.#session.me === null) return this.#leave();
    if (this.#line !== null || !this.#session.may(STUDIO_RIGHTS.run)) return;
    this.#line = new BookingLine(
      this.#studio,
      (found) => this.#heard(found),
      (problem) => this.#wrong(problem),
    );
  }

  #leave(): void {
    this.#line?.close();
    this.#line = null;
    this.bookings = null;
  }

  protected override render(): TemplateResult {
    const { me } = this.#session;
    return html`
      <div class="glow" aria-hidden="true"></div>
      <header>
        <a class="name" href="/public/${this.station}">${icons.mark}<span>${this.name}</span></a>
        <slot name="stations"></slot>
        ${me === null ? nothing : html`<sonic-who .session=${this.#session} .me=${me} .station=${this.station} here="studio"></sonic-who>`}
      </header>
      <div class="notices">
        <div role="alert">
          ${this.problem === "" ? nothing : html`<p class="said wrong">${this.problem} <button class="dismiss" type="button" @click=${() => (this.problem = "")}>Dismiss</button></p>`}
        </div>
        <div role="status">${this.told === "" ? nothing : html`<p class="said">${this.told}</p>`}</div>
      </div>
      ${me !== null ? this.#blocks() : this.known ? html`<sonic-sign-in .session=${this.#session}></sonic-sign-in>` : html`<p class="wait">One moment.</p>`}
    `;
  }

  #blocks(): TemplateResult {
    const may = (right: string): boolean => this.#session.may(right);
    return html`<main>
      <h1 class="unseen">The studio of ${this.name}</h1>
      <div class="side">
        ${may(STUDIO_RIGHTS.run)
          ? html`<section aria-label="Have a track made">
                <sonic-commission .studio=${this.#studio} ?airs=${may(STUDIO_RIGHTS.queue)} @booked=${this.#booked}></sonic-commission>
              </section>
              <section aria-label="Booked">
                <sonic-bookings .studio=${this.#studio} .bookings=${this.bookings} ?manages=${may(STUDIO_RIGHTS.manage)} @cancel=${this.#cancel} @measure=${this.#measure}></sonic-bookings>
              </section>`
          : html`<p class="said">This account may not book the studio. An administrator can change that.</p>`}
      </div>
      <div class="side">
        ${may(STUDIO_RIGHTS.read)
          ? html`<section aria-label="The studio now"><sonic-agents .studio=${this.#studio}></sonic-agents></section>
              <section aria-label="Made last"><sonic-takes .studio=${this.#studio}></sonic-takes></section>`
          : html`<p class="said">How the studio works is shown to those who make the programme.</p>`}
        ${may(STUDIO_RIGHTS.beliefs) ? html`<section aria-label="What listeners like"><sonic-beliefs .studio=${this.#studio}></sonic-beliefs></section>` : nothing}
      </div>
    </main>`;
  }

  #heard(found: Booking[]): void {
    const before = new Map((this.bookings ?? []).map((one) => [one.id, one]));
    const after = new Map([...before, ...found.map((one) => [one.id, one] as const)]);
    this.bookings = [...after.values()].sort((a, b) => b.id.localeCompare(a.id)).slice(0, SHOWN);
    const done = found.some((one) => one.state === "done" && (before.get(one.id)?.state ?? "done") !== "done");
    if (done) this.takes?.look();
  }

  readonly #booked = (event: CustomEvent<Booking>): void => {
    this.#heard([event.detail]);
    this.#say(event.detail.state === "queued" ? "It is booked." : "It is booked already.");
  };

  readonly #cancel = async (event: CustomEvent<Booking>): Promise<void> => {
    await this.#do(async () => {
      const after = await this.#studio.cancel(event.detail.id);
      this.#heard([after]);
      this.#say(isUnderWay(after) ? `${wished(after)}: it stops in a moment.` : `${wished(after)} is called off.`);
    });
  };

  readonly #measure = async (): Promise<void> => {
    await this.#do(async () => {
      this.#heard([await this.#studio.measure()]);
      this.#say("Each backend makes a short take. What they took stands below when they are done.");
    });
  };

  async #do(wish: () => Promise<void>): Promise<void> {
    this.problem = "";
    try {
      await wish();
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

declare global {
  interface HTMLElementTagNameMap {
    "sonic-studio": SonicStudio;
  }
}

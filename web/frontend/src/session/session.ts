import { Problem, problemOf, unreachable } from "./problem";
import { CUSTOM, JSON_BODY, send } from "./send";

/** Who is logged in, as the station tells. */
export interface Me {
  id: string;
  email: string;
  name: string;
  role: string;
  permissions?: string[];
}

interface Token {
  access_token: string;
  expires_in: number;
}

/** A token this close to its end is renewed before it is used. */
const RENEW_BEFORE_MS = 20_000;
const ANOTHERS_ANSWER_MS = 400;

/**
 * A login. The access token lives in this page's memory only; the refresh token in a cookie that no script can read. A refresh token is
 * good for one use, so the pages of one browser take turns where the browser lets them, and one page asks once for all that wait.
 */
export class Session {
  me: Me | null = null;

  #token: string | null = null;
  #expiresAtMs = 0;
  #renewing: Promise<boolean> | null = null;

  constructor(private readonly changed: () => void) {}

  /** Takes up a login that this browser still has. False: nobody is logged in. Throws Problem when the station does not say. */
  async resume(): Promise<boolean> {
    if (!(await this.#renew())) return false;
    await this.#meet();
    return true;
  }

  /** Throws Problem. */
  async login(email: string, password: string, code: string): Promise<void> {
    const body = { email, password, ...(code === "" ? {} : { code }) };
    this.#take(JSON.parse(await send("/api/v1/auth/login", body)) as Token);
    await this.#meet();
  }

  /** Forgets the login here at once, and at the station as soon as it hears of it. */
  async logout(): Promise<void> {
    const token = this.#token;
    this.#forget();
    const headers = { ...CUSTOM, ...JSON_BODY, ...(token === null ? {} : { Authorization: `Bearer ${token}` }) };
    await fetch("/api/v1/auth/logout", { method: "POST", headers, body: "{}" }).catch(() => undefined);
  }

  may(permission: string): boolean {
    return this.me?.permissions?.includes(permission) ?? this.me !== null;
  }

  /** What the station answers; undefined for an answer without a body. Throws Problem; a login that has ended is forgotten. */
  async ask<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const text = await (await this.#answer(method, path, body, headers)).text();
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  /** A file that only those may have who are logged in, named as the station names it. Throws Problem. */
  async file(path: string): Promise<File> {
    const answer = await this.#answer("GET", path, undefined, { Accept: "*/*" });
    const [, name = "file"] = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "") ?? [];
    const held = await answer.blob().catch(() => {
      throw unreachable();
    });
    return new File([held], name, { type: held.type });
  }

  /** Headers for a request that this class does not make itself. */
  async headers(): Promise<Record<string, string>> {
    if (this.#isOld()) await this.#renew();
    return this.#signed();
  }

  #signed(): Record<string, string> {
    return { ...CUSTOM, ...(this.#token === null ? {} : { Authorization: `Bearer ${this.#token}` }) };
  }

  async #answer(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Response> {
    if (this.#isOld()) await this.#renew();
    const shown = this.#token;
    let answer = await this.#send(method, path, body, headers);
    if (answer.status === 401 && (await this.#replaced(shown))) answer = await this.#send(method, path, body, headers);
    if (answer.ok) return answer;
    if (answer.status === 401) this.#forget();
    throw problemOf(answer.status, await answer.text(), answer.headers.get("Retry-After"));
  }

  async #send(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Response> {
    const json = body === undefined ? {} : JSON_BODY;
    const init: RequestInit = { method, headers: { ...this.#signed(), ...json, ...headers } };
    if (body !== undefined) init.body = JSON.stringify(body);
    return fetch(path, init).catch(() => {
      throw unreachable();
    });
  }

  async #meet(): Promise<void> {
    this.me = await this.ask<Me>("GET", "/api/v1/auth/me");
    this.changed();
  }

  #isOld(): boolean {
    return this.#token !== null && performance.now() > this.#expiresAtMs - RENEW_BEFORE_MS;
  }

  /** Another token than the one that was refused: a late refusal finds that an earlier one has brought it. */
  async #replaced(refused: string | null): Promise<boolean> {
    return (this.#token !== null && this.#token !== refused) || this.#renew();
  }

  /** A fresh access token by the cookie; false when the login is over. */
  #renew(): Promise<boolean> {
    this.#renewing ??= this.#inTurn(() => this.#refresh()).finally(() => (this.#renewing = null));
    return this.#renewing;
  }

  async #inTurn(work: () => Promise<boolean>): Promise<boolean> {
    // Only pages that came by TLS or from this machine have locks.
    return navigator.locks === undefined ? work() : navigator.locks.request("sonicforge.session", work);
  }

  async #refresh(mayRetry = true): Promise<boolean> {
    try {
      this.#take(JSON.parse(await send("/api/v1/auth/refresh", {})) as Token);
      return true;
    } catch (problem) {
      if (mayRetry && problem instanceof Problem && problem.status === 409) {
        // Another page of this browser was faster: its answer brings the newer cookie.
        await new Promise((done) => window.setTimeout(done, ANOTHERS_ANSWER_MS));
        return this.#refresh(false);
      }
      if (!(problem instanceof Problem) || (problem.status !== 401 && problem.status !== 403)) throw problem;
      this.#forget();
      return false;
    }
  }

  #take(token: Token): void {
    this.#token = token.access_token;
    this.#expiresAtMs = performance.now() + token.expires_in * 1000;
  }

  #forget(): void {
    const was = this.me;
    this.me = null;
    this.#token = null;
    if (was !== null) this.changed();
  }
}

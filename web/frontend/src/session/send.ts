import { problemOf, unreachable } from "./problem";

/** What no page of another house can make a browser send; the station asks for it wherever a cookie could speak for somebody. */
export const CUSTOM = { "X-Requested-With": "sonicforge" };
export const JSON_BODY = { "Content-Type": "application/json" };

/** Sends a body to an address that takes it from anybody. The answer's text. Throws Problem. */
export async function send(address: string, body: unknown): Promise<string> {
  const init = { method: "POST", headers: { ...CUSTOM, ...JSON_BODY }, body: JSON.stringify(body) };
  const answer = await fetch(address, init).catch(() => {
    throw unreachable();
  });
  const text = await answer.text();
  if (!answer.ok) throw problemOf(answer.status, text, answer.headers.get("Retry-After"));
  return text;
}

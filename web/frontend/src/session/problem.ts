/** Why the station said no: problem+json (RFC 9457), or that it was not reached at all. `message` can be shown as it is. */
export class Problem extends Error {
  constructor(
    message: string,
    /** 0: no answer came. */
    readonly status: number,
    /** Names the kind of the problem, for programs; empty if nothing does. */
    readonly code: string,
    readonly retryAfterSeconds: number | null,
    /** What is wrong with single fields of what was sent, by the field's name. */
    readonly wrong: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

interface Told {
  title?: string;
  detail?: string;
  type?: string;
  errors?: { pointer?: string; detail?: string }[];
}

export const unreachable = (): Problem => new Problem("The station cannot be reached. Try again in a moment.", 0, "", null);

/** The problem of an answer, from its status, body and Retry-After. */
export function problemOf(status: number, body: string, retryAfter: string | null): Problem {
  const told = read(body);
  const fields = (told.errors ?? []).map((error) => error.detail ?? "").filter((detail) => detail !== "");
  const said = told.detail || fields.join(" ") || told.title || `The station answered ${status}.`;
  const code = told.type?.split("#problem-")[1] ?? "";
  const seconds = retryAfter === null ? null : Number(retryAfter) || null;
  const named = (told.errors ?? []).map(({ pointer = "", detail = "" }) => [pointer.replace(/^body\./, ""), sentence(detail)]);
  return new Problem(sentence(said), status, code, seconds, Object.fromEntries(named) as Record<string, string>);
}

const sentence = (said: string): string => (/[.!?]$/.test(said) ? said : `${said}.`);

function read(body: string): Told {
  try {
    const told: unknown = JSON.parse(body);
    return typeof told === "object" && told !== null ? (told as Told) : {};
  } catch {
    return {};
  }
}

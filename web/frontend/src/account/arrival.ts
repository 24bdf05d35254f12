/** What somebody comes to the account page for, who is not logged in: by a letter's link, or by his own choice. */
export interface Arrival {
  kind: "setup" | "verify" | "reset" | "oauth" | "register" | "forgot";
  /** The code of the link; empty if there was none. */
  code: string;
}

const BY_LINK: readonly Arrival["kind"][] = ["setup", "verify", "reset", "oauth"];

/** What the part of an address behind its # says; null if it says nothing. */
export function arrivalAt(hash: string): Arrival | null {
  const [kind, code = ""] = hash.replace(/^#/, "").split("=", 2);
  const known = BY_LINK.find((one) => one === kind);
  return known === undefined || code === "" ? null : { kind: known, code };
}

interface Paper {
  title: string;
  text: string;
  fields: readonly ("name" | "email" | "password")[];
  button: string;
  address: string;
  /** What is said when it is done. */
  done: string;
}

/** What is asked of those who come for each of them. */
export const PAPERS: Record<Exclude<Arrival["kind"], "oauth">, Paper> = {
  setup: {
    title: "Make the first administrator",
    text: "This link was printed by the station when it started. It works once.",
    fields: ["name", "email", "password"],
    button: "Make it",
    address: "/api/v1/auth/setup",
    done: "The administrator's account is made. Log in with it.",
  },
  verify: {
    title: "Confirm your address",
    text: "One press, and the address is confirmed.",
    fields: [],
    button: "Confirm it",
    address: "/api/v1/auth/verify",
    done: "The address is confirmed. Log in.",
  },
  reset: {
    title: "Choose a new password",
    text: "All devices are logged out when it is changed.",
    fields: ["password"],
    button: "Change it",
    address: "/api/v1/auth/password/reset",
    done: "The password is changed. Log in with it.",
  },
  register: {
    title: "Make an account",
    text: "A letter with a link comes to this address.",
    fields: ["name", "email", "password"],
    button: "Make it",
    address: "/api/v1/auth/register",
    done: "A letter is on its way. Open the link in it.",
  },
  forgot: {
    title: "Forgotten the password?",
    text: "A letter with a link comes to this address, if it has an account.",
    fields: ["email"],
    button: "Send the letter",
    address: "/api/v1/auth/password/forgot",
    done: "If the address has an account, a letter is on its way.",
  },
};

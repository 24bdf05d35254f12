import { problemOf, unreachable, type Problem } from "../session/problem";

export interface Sending {
  /** What the station answered; rejects with a Problem, or with null when it was called off. */
  done: Promise<string>;
  cancel(): void;
}

/** Sends one file and tells how far it is (0..1). Only XMLHttpRequest tells of what has gone out. */
export function send(address: string, file: File, headers: Record<string, string>, progress: (share: number) => void): Sending {
  const request = new XMLHttpRequest();
  const done = new Promise<string>((resolve, reject: (reason: Problem | null) => void) => {
    request.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 0);
    request.upload.onload = () => progress(1);
    request.onabort = () => reject(null);
    request.onerror = () => reject(unreachable());
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.responseText);
      else reject(problemOf(request.status, request.responseText, request.getResponseHeader("Retry-After")));
    };
  });
  request.open("POST", address);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  const form = new FormData();
  form.append("file", file, file.name);
  request.send(form);
  return { done, cancel: () => request.abort() };
}

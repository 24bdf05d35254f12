import { svg, type SVGTemplateResult } from "lit";

const drawn = (shape: SVGTemplateResult): SVGTemplateResult =>
  svg`<svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor" stroke-width="1.8"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${shape}</svg>`;

/** What stands on the desk's buttons, in the manner of elements/icons.ts. */
export const signs = {
  up: drawn(svg`<path d="m6 14.5 6-6 6 6"/>`),
  down: drawn(svg`<path d="m6 9.5 6 6 6-6"/>`),
  away: drawn(svg`<path d="m7 7 10 10M17 7 7 17"/>`),
  add: drawn(svg`<path d="M12 5.5v13M5.5 12h13"/>`),
  grip: drawn(svg`<path d="M9 6.5h.01M9 12h.01M9 17.5h.01M15 6.5h.01M15 12h.01M15 17.5h.01" stroke-width="2.6"/>`),
  skip: drawn(svg`<path d="M6 6.4v11.2a.7.7 0 0 0 1.1.58l8.1-5.6a.7.7 0 0 0 0-1.16L7.1 5.82A.7.7 0 0 0 6 6.4Z" fill="currentColor" stroke="none"/><path d="M18.2 6v12" stroke-width="2.4"/>`),
  veto: drawn(svg`<circle cx="12" cy="12" r="7.2"/><path d="m7 7 10 10"/>`),
};

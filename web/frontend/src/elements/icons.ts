import { svg, type SVGTemplateResult } from "lit";

const drawn = (shape: SVGTemplateResult): SVGTemplateResult =>
  svg`<svg viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.8"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${shape}</svg>`;

export const icons = {
  play: drawn(svg`<path d="M8 5.6v12.8a.9.9 0 0 0 1.37.77l10.4-6.4a.9.9 0 0 0 0-1.54L9.37 4.83A.9.9 0 0 0 8 5.6Z" fill="currentColor" stroke="none"/>`),
  pause: drawn(svg`<path d="M8.4 5.5v13M15.6 5.5v13" stroke-width="3.4"/>`),
  loud: drawn(svg`<path d="M4 9.5v5h3.2L12 18.6V5.4L7.2 9.5ZM15.4 9.2a4 4 0 0 1 0 5.6M18 6.6a7.6 7.6 0 0 1 0 10.8"/>`),
  muted: drawn(svg`<path d="M4 9.5v5h3.2L12 18.6V5.4L7.2 9.5ZM16 9.6l4.8 4.8M20.8 9.6 16 14.4"/>`),
  copy: drawn(svg`<rect x="9" y="9" width="11" height="11" rx="2.5"/><path d="M5.5 15H5a1.5 1.5 0 0 1-1.5-1.5V5A1.5 1.5 0 0 1 5 3.5h8.5A1.5 1.5 0 0 1 15 5v.5"/>`),
  done: drawn(svg`<path d="m5 12.8 4.4 4.4L19 7.6"/>`),
  mark: svg`<svg viewBox="0 0 20 20" width="20" height="20" fill="currentColor" aria-hidden="true">
    <rect x="1" y="11" width="2.8" height="7" rx="1.4"/><rect x="6" y="6" width="2.8" height="12" rx="1.4"/>
    <rect x="11" y="2" width="2.8" height="16" rx="1.4"/><rect x="16" y="8.5" width="2.8" height="9.5" rx="1.4"/></svg>`,
};

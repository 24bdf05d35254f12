import { css } from "lit";

/** A form that stands alone in the middle of a page, for somebody who is not logged in. */
export const entrance = css`
  :host {
    display: grid;
    place-items: center;
    min-height: 70svh;
    padding: 2rem var(--gutter);
  }
  form {
    display: grid;
    gap: 1.1rem;
    width: min(24rem, 100%);
  }
  h1 {
    margin: 0;
    font-size: clamp(1.75rem, 6vw, 2.5rem);
    font-weight: 620;
    letter-spacing: -0.02em;
    line-height: 1.05;
  }
`;

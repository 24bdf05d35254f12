import { css } from "lit";

/** What all things that can be pressed, moved or chosen have in common. */
export const control = css`
  *,
  *::before {
    box-sizing: border-box;
  }
  button,
  select,
  input {
    font: inherit;
    color: inherit;
  }
  button {
    cursor: pointer;
    border: 0;
    background: none;
    padding: 0;
  }
  a {
    color: inherit;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 3px;
  }
  .round {
    display: grid;
    place-items: center;
    width: 2.75rem;
    height: 2.75rem;
    border-radius: 50%;
    color: var(--ink-soft);
    transition:
      background-color var(--quick),
      color var(--quick);
  }
  .round:hover {
    background: var(--raised);
    color: var(--ink);
  }
`;

import { css } from "lit";

/** Fields, buttons with words, and what is said about them. */
export const form = css`
  label {
    display: grid;
    gap: 0.35rem;
    color: var(--ink-soft);
    font-size: 0.9375rem;
  }
  input:not([type="checkbox"], [type="range"]),
  select {
    width: 100%;
    height: 2.75rem;
    padding: 0 0.9rem;
    border: 1px solid var(--line);
    border-radius: 0.75rem;
    background: var(--raised);
    color: var(--ink);
  }
  input::placeholder {
    color: var(--ink-faint);
    opacity: 1;
  }
  input[type="checkbox"] {
    width: 1.15rem;
    height: 1.15rem;
    accent-color: var(--accent);
  }
  .pill {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.4rem;
    min-height: 2.75rem;
    padding: 0 1.15rem;
    border-radius: 1.4rem;
    background: var(--raised);
    box-shadow: inset 0 0 0 1px var(--line);
    color: var(--ink);
    font-weight: 500;
    transition:
      filter var(--quick),
      background-color var(--quick);
  }
  .pill:hover:not(:disabled) {
    background: var(--line);
  }
  .pill.first {
    background: var(--accent);
    color: var(--on-accent);
    box-shadow: none;
    font-weight: 600;
  }
  .pill.first:hover:not(:disabled) {
    background: var(--accent);
    filter: brightness(1.07);
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  .said {
    margin: 0;
    padding: 0.7rem 0.9rem;
    border-radius: 0.75rem;
    background: var(--raised);
    box-shadow: inset 0 0 0 1px var(--line);
    color: var(--ink);
    overflow-wrap: anywhere;
  }
  .said.wrong {
    box-shadow: inset 3px 0 0 var(--alert);
    color: var(--alert);
  }
`;

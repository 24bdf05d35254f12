import { css } from "lit";

export const liveStyles = css`
  :host {
    display: grid;
    gap: 1.1rem;
  }
  h2 {
    margin: 0;
  }
  .head {
    display: grid;
    gap: 0.5rem;
  }
  .standing {
    display: flex;
    align-items: center;
    gap: 0.6rem;
    min-height: 1.5rem;
    margin: 0;
    color: var(--ink-soft);
  }
  .standing time {
    font-variant-numeric: tabular-nums;
  }
  .standing .dot {
    flex: none;
    width: 0.6rem;
    height: 0.6rem;
    border-radius: 50%;
    background: var(--line);
  }
  .standing[data-on] {
    color: var(--accent);
    font-weight: 600;
  }
  .standing[data-on] .dot {
    background: var(--accent);
    box-shadow: 0 0 0 0.25rem color-mix(in oklch, var(--accent) 25%, transparent);
  }
  .standing[data-alert] {
    color: var(--alert);
  }
  .buttons {
    display: grid;
    grid-template-columns: minmax(0, 2fr) minmax(0, 1fr);
    gap: 0.6rem;
  }
  .buttons .pill {
    min-height: 3.25rem;
    border-radius: 1.7rem;
  }
  .pill[aria-pressed="true"] {
    background: var(--alert);
    color: var(--ground);
    box-shadow: none;
  }
  fieldset {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 0.25rem;
    margin: 0;
    padding: 0.25rem;
    border: 0;
    border-radius: 1.6rem;
    background: var(--raised);
    box-shadow: inset 0 0 0 1px var(--line);
  }
  fieldset label {
    display: grid;
    place-items: center;
    min-height: 2.5rem;
    padding: 0.25rem 0.75rem;
    border-radius: 1.35rem;
    color: var(--ink-soft);
    line-height: 1.2;
    text-align: center;
    cursor: pointer;
  }
  fieldset label:has(:checked) {
    background: var(--line);
    color: var(--ink);
    font-weight: 600;
  }
  fieldset label:has(:focus-visible) {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  fieldset input:not([type="checkbox"], [type="range"]) {
    position: absolute;
    width: 1px;
    height: 1px;
    opacity: 0;
  }
  .titles {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 0.9rem;
  }
  .hint {
    margin: -0.5rem 0 0;
    color: var(--ink-faint);
    font-size: 0.875rem;
  }
  @media (max-width: 30rem) {
    .titles {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;

import { css } from "lit";

export const masteringStyles = css`
  :host {
    display: grid;
    gap: 1.1rem;
  }
  h2 {
    margin: 0;
  }
  [role="alert"]:empty {
    position: absolute;
  }
  .why,
  .hint {
    margin: -0.5rem 0 0;
    color: var(--ink-faint);
    font-size: 0.875rem;
  }
  .choice {
    display: flex;
    align-items: end;
    gap: 0.6rem;
  }
  .choice label {
    flex: 1;
    min-width: 0;
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
    border-radius: 1.35rem;
    color: var(--ink-soft);
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
  .compare {
    display: grid;
    gap: 0.6rem;
  }
  .compare .hint {
    margin: 0;
  }
  .sliders {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 0.9rem 1.5rem;
  }
  .sliders span {
    display: flex;
    justify-content: space-between;
  }
  .sliders output {
    color: var(--ink);
    font-variant-numeric: tabular-nums;
  }
  .sliders input {
    width: 100%;
    height: 1.75rem;
    margin: 0;
    accent-color: var(--accent);
  }
  .switches {
    display: flex;
    flex-wrap: wrap;
    gap: 0.6rem 1.5rem;
  }
  .tick {
    display: flex;
    align-items: center;
    gap: 0.6rem;
  }
  summary {
    width: fit-content;
    color: var(--ink-soft);
    cursor: pointer;
  }
  details[open] summary {
    margin-bottom: 0.9rem;
  }
  details > div {
    display: grid;
    gap: 1.1rem;
  }
  @media (max-width: 30rem) {
    .sliders {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;

import { css } from "lit";

/** A list of songs with something to do about each. */
export const rows = css`
  h2 {
    margin: 0 0 0.9rem;
    font-size: 1.125rem;
    font-weight: 600;
    letter-spacing: -0.01em;
  }
  ol,
  ul {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  li {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    align-items: center;
    gap: 0.75rem;
    min-height: 3.5rem;
    padding: 0.35rem 0;
    border-top: 1px solid var(--line);
  }
  .song {
    display: grid;
    line-height: 1.3;
    min-width: 0;
  }
  .song > * {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  b {
    font-weight: 500;
  }
  .song span,
  .time,
  .empty {
    color: var(--ink-faint);
    font-size: 0.875rem;
  }
  .time {
    min-width: 2.6rem;
    text-align: right;
    font-variant-numeric: tabular-nums;
  }
  .empty {
    margin: 0;
    padding: 1rem 0;
    border-top: 1px solid var(--line);
    font-size: 0.9375rem;
  }
  .does {
    display: flex;
    align-items: center;
  }
  .does .round {
    width: 2.5rem;
    height: 2.5rem;
  }
  .round:disabled:hover {
    background: none;
  }
`;

export function minutes(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

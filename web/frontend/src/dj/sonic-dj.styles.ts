import { css } from "lit";

export const djStyles = css`
  :host {
    min-height: 100svh;
  }
  .glow {
    opacity: 0.55;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .wait {
    padding: 20svh var(--inset);
    color: var(--ink-soft);
    text-align: center;
  }

  header {
    flex-wrap: nowrap;
  }
  .notices {
    position: fixed;
    inset: auto 0 0;
    z-index: 1;
    display: grid;
    justify-items: center;
    padding: 0 var(--gutter) env(safe-area-inset-bottom);
    pointer-events: none;
  }
  .notices .said {
    max-width: 36rem;
    margin-bottom: 1rem;
    background: var(--ground);
    box-shadow:
      inset 0 0 0 1px var(--line),
      0 1rem 2.5rem -0.5rem oklch(0 0 0 / 0.55);
    pointer-events: auto;
  }
  .notices .wrong {
    box-shadow:
      inset 3px 0 0 var(--alert),
      0 1rem 2.5rem -0.5rem oklch(0 0 0 / 0.55);
  }
  .dismiss {
    margin-left: 0.5rem;
    text-decoration: underline;
    text-underline-offset: 0.2em;
  }

  main {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: clamp(2rem, 5vw, 5rem);
    padding: 1rem var(--inset) 4rem;
  }
  .side {
    display: grid;
    align-content: start;
    gap: 2.5rem;
    min-width: 0;
  }

  .stage {
    display: grid;
    grid-template-columns: clamp(5.5rem, 11vw, 8.5rem) minmax(0, 1fr);
    align-items: center;
    gap: 1.25rem 1.5rem;
  }
  .stage sonic-cover {
    --cover-radius: 0.75rem;
    box-shadow: none;
  }
  .band,
  .controls {
    grid-column: 1 / -1;
  }
  .band {
    display: grid;
    gap: 1rem;
  }
  .band sonic-progress {
    --gutter: 0px;
  }
  .sign {
    display: flex;
    align-items: center;
    gap: 0.6rem;
    margin: 0 0 0.4rem;
    color: var(--ink-soft);
    font-size: 0.9375rem;
    font-variant-numeric: tabular-nums;
  }
  .dot {
    flex: none;
    width: 0.5rem;
    height: 0.5rem;
    border-radius: 50%;
    background: var(--accent);
  }
  .sign[data-alert] {
    color: var(--alert);
  }
  .sign[data-alert] .dot {
    background: var(--alert);
  }
  .title {
    margin: 0;
    font-size: clamp(1.375rem, 1rem + 1.5vw, 2.125rem);
    font-weight: 620;
    line-height: 1.08;
    letter-spacing: -0.015em;
    overflow-wrap: anywhere;
    text-wrap: balance;
  }
  .artist {
    margin: 0.3rem 0 0;
    color: var(--ink-soft);
  }
  .controls {
    display: flex;
    flex-wrap: wrap;
    gap: 0.6rem;
  }

  @media (max-width: 56rem) {
    main {
      grid-template-columns: minmax(0, 1fr);
      padding-top: 0.5rem;
    }
    .controls .pill {
      flex: 1 1 0;
      padding: 0 0.75rem;
    }
  }
`;

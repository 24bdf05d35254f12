import { css } from "lit";

export const playerStyles = css`
  .glow {
    opacity: 0.8;
  }
  header {
    padding-block: 1.25rem;
  }

  .stage {
    display: grid;
    grid-template-columns: minmax(0, clamp(11rem, 28vw, 26rem)) minmax(0, 1fr);
    align-items: center;
    gap: clamp(2rem, 5vw, 5rem);
    min-height: min(34rem, calc(100svh - 20rem));
    padding: 1rem var(--inset) clamp(1.5rem, 4vh, 3rem);
  }
  .song {
    min-width: 0;
  }

  .sign {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.25rem 0.6rem;
    margin: 0 0 1rem;
    min-height: 1.45em;
    color: var(--ink-soft);
    font-size: 0.9375rem;
    font-variant-numeric: tabular-nums;
  }
  .dot {
    flex: none;
    width: 0.5rem;
    height: 0.5rem;
    border-radius: 50%;
    box-shadow: inset 0 0 0 1.5px var(--accent);
    transition: background-color var(--quick);
  }
  .sign[data-tuning="playing"] .dot {
    background: var(--accent);
  }
  .sign[data-tuning="tuning"] .dot,
  .sign[data-tuning="waiting"] .dot {
    animation: breathe 1.6s ease-in-out infinite;
  }
  .sign[data-tuning="waiting"][data-alert] .dot {
    box-shadow: none;
    background: var(--alert);
  }
  .behind {
    color: var(--ink-faint);
  }
  @keyframes breathe {
    50% {
      opacity: 0.25;
    }
  }

  h1 {
    margin: 0;
    font-size: clamp(2.25rem, 1.2rem + 4.2vw, 5rem);
    font-weight: 620;
    line-height: 1;
    letter-spacing: -0.01em;
    text-wrap: balance;
    overflow-wrap: anywhere;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    overflow: hidden;
    padding-block: 0.06em 0.12em;
  }
  h1.long {
    font-size: clamp(1.875rem, 1.1rem + 2.9vw, 3.75rem);
  }
  .artist {
    margin: 0.6rem 0 0;
    color: var(--ink-soft);
    font-size: clamp(1.0625rem, 0.9rem + 0.7vw, 1.5rem);
    line-height: 1.3;
    text-wrap: balance;
  }
  .credit {
    margin: 0.35rem 0 0;
    color: var(--ink-soft);
    font-size: 0.8125rem;
  }

  .controls {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.75rem 1.25rem;
    margin-top: clamp(1.5rem, 4vh, 2.75rem);
  }
  .play {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.5rem;
    min-width: 9rem;
    height: 3.75rem;
    padding: 0 1.75rem 0 1.35rem;
    border-radius: 1.875rem;
    background: var(--accent);
    color: var(--on-accent);
    font-size: 1.125rem;
    font-weight: 600;
    letter-spacing: -0.01em;
    transition:
      transform var(--quick),
      filter var(--quick);
  }
  .play:hover {
    filter: brightness(1.07);
  }
  .play:active {
    transform: scale(0.97);
  }
  .play[data-tuning="tuning"] {
    animation: breathe-softly 1.6s ease-in-out infinite;
  }
  @keyframes breathe-softly {
    50% {
      opacity: 0.72;
    }
  }

  .band sonic-spectrum {
    height: clamp(5.5rem, 21vh, 13rem);
    margin: 0 var(--inset);
  }
  .band sonic-progress {
    --gutter: 0px;
    margin: 0 var(--inset);
  }
  .next {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    color: var(--ink-soft);
  }
  .next span {
    margin-right: 0.35em;
    color: var(--ink-faint);
  }

  .ledger {
    display: grid;
    grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
    gap: clamp(2rem, 6vw, 6rem);
    padding: clamp(3rem, 9vh, 5.5rem) var(--inset) 3rem;
  }
  footer {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0.5rem 2rem;
    padding: 1.5rem var(--inset) 2rem;
    color: var(--ink-faint);
    font-size: 0.875rem;
  }
  footer p {
    margin: 0;
  }
  kbd {
    padding: 0.1em 0.45em;
    border: 1px solid var(--line);
    border-radius: 0.3em;
    font: inherit;
    font-size: 0.8125rem;
  }
  @media (hover: none) {
    .keys {
      display: none;
    }
  }

  @media (max-width: 62rem) {
    .stage {
      min-height: 0;
      padding-block: clamp(0.5rem, 4svh, 3rem) clamp(1.5rem, 7svh, 5rem);
    }
    .controls {
      gap: 0.75rem;
    }
    .play {
      min-width: 8rem;
      padding: 0 1.5rem 0 1.1rem;
    }
    sonic-volume {
      --fader-width: 5rem;
    }
  }
  @media (max-width: 44rem) {
    sonic-volume {
      --fader-display: none; /* phones have keys for that; mute remains */
    }
  }

  @media (max-width: 35rem) {
    header {
      padding-block: 0.75rem;
    }
    :host([several]) .name span {
      display: none;
    }
    .stage {
      grid-template-columns: minmax(0, 1fr);
      gap: 1rem;
      min-height: 0;
      padding-top: 0;
      padding-bottom: 0.75rem;
    }
    sonic-cover {
      aspect-ratio: auto;
      height: min(100vw - 2 * var(--gutter), 40svh);
    }
    .sign {
      margin-bottom: 0.5rem;
    }
    .controls {
      flex-wrap: nowrap;
      margin-top: 1.25rem;
      gap: 0.75rem 0.5rem;
    }
    .play {
      flex: 1 1 0;
      min-width: 7rem;
      padding: 0 1.25rem 0 0.9rem;
      height: 3.25rem;
    }
    .band sonic-spectrum {
      height: clamp(4.5rem, 15svh, 11rem);
    }
    .ledger {
      grid-template-columns: minmax(0, 1fr);
    }
  }

  .small {
    display: grid;
    grid-template: "cover song play" 1fr "band band band" 1.75rem / auto minmax(0, 1fr) auto;
    align-items: center;
    gap: 0 1rem;
    height: 100svh;
    min-height: 7.5rem;
    padding: 1rem 1rem 0;
    overflow: hidden;
  }
  .small sonic-cover {
    --cover-radius: 0.6rem;
    grid-area: cover;
    width: min(6rem, 100svh - 4rem, 24vw);
    min-width: 0;
    box-shadow: none;
  }
  .small .sign {
    flex-wrap: nowrap;
    margin: 0 0 0.25rem;
    font-size: 0.8125rem;
    white-space: nowrap;
    overflow: hidden;
  }
  .small .behind {
    display: none;
  }
  .small h1,
  .small h1.long {
    font-size: clamp(1.125rem, 0.9rem + 1.2vw, 1.5rem);
    letter-spacing: -0.015em;
    line-height: 1.15;
    -webkit-line-clamp: 2;
  }
  .small .artist {
    margin: 0.1rem 0 0;
    font-size: 0.9375rem;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .small .controls {
    grid-area: play;
    margin: 0;
  }
  .small .play {
    flex: none;
    min-width: 0;
    width: 3.25rem;
    height: 3.25rem;
    padding: 0;
  }
  .small .play span {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .small .band {
    grid-area: band;
    align-self: end;
  }
  .small .band sonic-spectrum {
    height: 1.75rem;
    margin: 0 -1rem;
  }

  @media (prefers-reduced-motion: reduce) {
    .dot,
    .play {
      animation: none !important;
      transition: none;
    }
  }
`;

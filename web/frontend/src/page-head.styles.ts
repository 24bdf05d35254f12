import { css } from "lit";

/** What all pages begin with: the ground they stand on, its glow, and a head with the house's mark and a name. */
export const pageHead = css`
  :host {
    --inset: max(var(--gutter), (100vw - var(--widest)) / 2);
    display: block;
    position: relative;
    isolation: isolate;
  }
  .glow {
    position: fixed;
    inset: 0;
    z-index: -1;
    background:
      radial-gradient(70rem 50rem at 12% -8%, var(--glow-first), transparent 70%),
      radial-gradient(60rem 46rem at 96% 30%, var(--glow-second), transparent 72%);
  }
  header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 0.5rem 1.5rem;
    padding: 1rem var(--inset);
  }
  .name {
    display: flex;
    align-items: center;
    gap: 0.6rem;
    min-width: 0;
    font-weight: 600;
    letter-spacing: -0.01em;
    text-decoration: none;
  }
  .name svg {
    flex: none;
    color: var(--accent);
  }
  .name span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  @media (max-width: 35rem) {
    header:has(sonic-who) .name span {
      position: absolute;
      width: 1px;
      height: 1px;
      clip-path: inset(50%);
    }
  }
`;

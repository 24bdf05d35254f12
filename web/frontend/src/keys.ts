/** What a key asks of the player. */
export interface KeyWishes {
  toggle(): void;
  louder(step: number): void;
  mute(): void;
}

const STEP = 0.05;

/** Space plays and pauses, the arrows up and down set the volume, M mutes; a control that has a key's meaning of its own keeps it. */
export function listenForKeys(wishes: KeyWishes): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.composedPath()[0];
    if (target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement) return;
    const pressable = target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement;
    const slider = target instanceof HTMLInputElement;
    if (event.key === " " && !pressable) wishes.toggle();
    else if (event.key === "ArrowUp" && !slider) wishes.louder(STEP);
    else if (event.key === "ArrowDown" && !slider) wishes.louder(-STEP);
    else if (event.key === "m" || event.key === "M") wishes.mute();
    else return;
    event.preventDefault();
  };
}

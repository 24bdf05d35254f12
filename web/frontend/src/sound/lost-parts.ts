import Hls, { Events, type Part } from "hls.js/light";

/**
 * When several parts load in a row and the playlist is renewed meanwhile, hls.js 1.7.4 forgets that some of them were loaded; at the
 * segment's end it then waits for them for ever, with the sound of them in its buffer. This reminds it: a part that lies before a
 * loaded one of its segment, and in the buffer, is loaded.
 */
export function remindOfLostParts(hls: Hls, audio: HTMLAudioElement): void {
  const remind = (): void => {
    const parts = hls.latestLevelDetails?.partList ?? [];
    let later: Part | null = null;
    for (const part of parts.toReversed()) {
      if (part.loaded) later = part;
      else if (later?.fragment.sn === part.fragment.sn && buffered(audio, part)) markLoaded(part);
    }
  };
  hls.on(Events.LEVEL_UPDATED, remind);
  hls.on(Events.FRAG_BUFFERED, remind);
}

function buffered({ buffered }: HTMLAudioElement, { start, end }: Part): boolean {
  for (let range = 0; range < buffered.length; range++) {
    if (buffered.start(range) <= start + 0.01 && buffered.end(range) >= end - 0.01) return true;
  }
  return false;
}

function markLoaded(part: Part): void {
  const { start, end } = part;
  part.elementaryStreams.audio = { startPTS: start, endPTS: end, startDTS: start, endDTS: end };
}

/** How long something took or takes: 42 s, 12 min, 3 h 5 min, 2 days. */
export function lasting(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}

/** Seconds from then to now. */
export function secondsSince(moment: string): number {
  return (Date.now() - Date.parse(moment)) / 1000;
}

/** 640 kB, 12.4 MB, 1.3 GB. */
export function size(bytes: number): string {
  for (const [unit, of] of [
    ["GB", 1e9],
    ["MB", 1e6],
  ] as const) {
    if (bytes >= of) return `${(bytes / of).toFixed(1)} ${unit}`;
  }
  return `${Math.round(bytes / 1000)} kB`;
}

/** `3 listeners`, `1 listener`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

export function dated(moment: string): string {
  return new Date(moment).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

/** A small thing that this browser remembers for the listener. Where it may not remember, it forgets, and nothing breaks. */
export class Remembered {
  constructor(private readonly name: string) {}

  get(): string | null {
    try {
      return localStorage.getItem(`sonicforge.${this.name}`);
    } catch {
      return null;
    }
  }

  set(value: string): void {
    try {
      localStorage.setItem(`sonicforge.${this.name}`, value);
    } catch {
      // private browsing, full disk: forget it
    }
  }
}

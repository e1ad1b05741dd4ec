import { hashKey, type QueryKey } from "@tanstack/react-query";

/** The least pause between two refreshes of the same thing. */
const PAUSE_MS = 1000;
/** Resting this many times as long as the last refresh took, a busy page costs the server a fifth of its time. */
const REST_TO_WORK = 4;

/**
 * Refreshes what events make out of date: at once, and while a refresh runs or rests, once more after it however often
 * it is asked for. A monitor that sends each second would otherwise cancel every fetch before its answer has come.
 */
export class Pace {
  private readonly askedAgain = new Map<string, boolean>();
  private readonly refresh: (key: QueryKey) => Promise<unknown>;

  constructor(refresh: (key: QueryKey) => Promise<unknown>) {
    this.refresh = refresh;
  }

  ask(key: QueryKey): void {
    const name = hashKey(key);
    if (this.askedAgain.has(name)) {
      this.askedAgain.set(name, true);
      return;
    }
    this.askedAgain.set(name, false);
    void this.run(key, name);
  }

  private async run(key: QueryKey, name: string): Promise<void> {
    const start = performance.now();
    await this.refresh(key);
    const rest = Math.max(PAUSE_MS, REST_TO_WORK * (performance.now() - start));
    setTimeout(() => {
      const again = this.askedAgain.get(name);
      this.askedAgain.delete(name);
      if (again) this.ask(key);
    }, rest);
  }
}

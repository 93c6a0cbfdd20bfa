/** A clock that stands still until a test turns it. */
export class Clock {
  #now: number;

  constructor(now: number = Date.now()) {
    this.#now = now;
  }

  readonly now = (): number => this.#now;

  turn(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

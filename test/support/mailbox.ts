/** What arrives, in its order, and whoever waits for some of it. */
export class Mailbox<Item> {
  /** Everything that has arrived, whether or not anybody has taken it. */
  readonly all: Item[] = [];
  readonly #untaken: Item[] = [];
  readonly #waiting = new Set<(item: Item) => boolean>();

  put(item: Item): void {
    this.all.push(item);
    for (const take of this.#waiting) {
      if (take(item)) return;
    }
    this.#untaken.push(item);
  }

  /** Takes the first that is wanted, once it is there; each is taken once. */
  next<Wanted extends Item>(isWanted: (item: Item) => item is Wanted): Promise<Wanted> {
    const there = this.#untaken.find(isWanted);
    if (there !== undefined) {
      this.#untaken.splice(this.#untaken.indexOf(there), 1);
      return Promise.resolve(there);
    }
    return new Promise((resolve) => {
      const take = (item: Item): boolean => {
        if (!isWanted(item)) return false;
        this.#waiting.delete(take);
        resolve(item);
        return true;
      };
      this.#waiting.add(take);
    });
  }
}

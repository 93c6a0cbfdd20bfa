import { inject } from 'vitest';
import { isThrottling, openTable, type Table } from '#lib/table/client.ts';
import { DynamoDbWire, type Fault, faults, type Sent } from '#test/support/dynamodb-wire.ts';
import { localDynamoDb } from '#test/support/table.ts';

/** The writes of a reservation, of a player's coming and going, and of a new session, by the item that they write. */
const writes = {
  ledger: ({ body }: Sent) => body.includes('"SESSION"'),
  payload: ({ body }: Sent) => body.includes('"PAYLOAD"'),
  player: ({ body }: Sent) => body.includes('"PLAYERS#'),
} as const;
export type Write = keyof typeof writes;

/** How often in a row a write meets its fault; the table's client tries three times. */
export const tries = 3;
const counts = { once: 1, twice: 2, 'on every try': Infinity } as const;

/** One thing that goes wrong with one write. */
export type Breakage = {
  readonly write: Write;
  readonly fault: Fault;
  readonly often: keyof typeof counts;
};

/** Everything that can go wrong with these writes. */
export const breakages = (...names: readonly Write[]): readonly Breakage[] =>
  names.flatMap((write) =>
    faults.flatMap((fault) =>
      (['once', 'twice', 'on every try'] as const).map((often) => ({ write, fault, often })),
    ),
  );

/** Breaks the next writes of that kind, but for the first few that are to be spared. */
export function breakWrites(wire: DynamoDbWire, { write, fault, often }: Breakage, spared = 0): void {
  breakNext(wire, write, fault, counts[often], spared);
}

/** Breaks so many writes of one kind. */
export function breakNext(wire: DynamoDbWire, write: Write, fault: Fault, count: number, spared = 0): void {
  let seen = 0;
  wire.breaks = (sent) => {
    if (!writes[write](sent)) return undefined;
    seen++;
    return seen > spared && seen <= spared + count ? fault : undefined;
  };
}

export function mend(wire: DynamoDbWire): void {
  wire.breaks = () => undefined;
}

/** How a verb ended: the kind of its outcome, or what became of the fault that its caller got to see. */
export async function endOf(verb: Promise<{ readonly kind: string }>): Promise<string> {
  try {
    return (await verb).kind;
  } catch (error) {
    return isThrottling(error) ? 'throttled' : 'failed';
  }
}

/** How a verb ends that has met a breakage: well if a try was left, and otherwise as the fault that it is. */
export function endWith({ fault, often }: Breakage, well: string): string {
  if (counts[often] < tries) return well;
  return fault === 'throttled' ? 'throttled' : 'failed';
}

/** Another way to the same table, which breaks apart from all others. */
export function breakableTable({ name }: Table): { readonly table: Table; readonly wire: DynamoDbWire } {
  const wire = new DynamoDbWire({});
  const table = openTable(name, { ...localDynamoDb(inject('dynamoDbEndpoint')), requestHandler: wire });
  return { table, wire };
}

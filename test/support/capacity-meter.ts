import * as v from 'valibot';
import type { Table } from '#lib/table/client.ts';

/** What one call to DynamoDB cost, in capacity units. */
export type Reading = {
  readonly operation: string;
  readonly table: number;
  readonly indexes: Readonly<Record<string, number>>;
};

const Units = v.object({ CapacityUnits: v.number() });
const ConsumedCapacity = v.object({
  Table: Units,
  GlobalSecondaryIndexes: v.optional(v.record(v.string(), Units), {}),
});
const Output = v.object({
  /** BatchGetItem, which could read several tables, answers with a list. */
  ConsumedCapacity: v.pipe(
    v.union([ConsumedCapacity, v.tuple([ConsumedCapacity])]),
    v.transform((consumed) => (Array.isArray(consumed) ? consumed[0] : consumed)),
  ),
});

/**
 * Reads from each answer what the call has cost. DynamoDB charges for a write that its condition refuses too, but does
 * not say how much: refused writes are counted.
 */
export class CapacityMeter {
  refused = 0;
  readonly readings: Reading[] = [];

  constructor({ client }: Table) {
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const input = { ...args.input, ReturnConsumedCapacity: 'INDEXES' as const };
        const result = await next({ ...args, input }).catch((error: unknown) => {
          this.refused++;
          throw error;
        });
        const { Table, GlobalSecondaryIndexes } = v.parse(Output, result.output).ConsumedCapacity;
        this.readings.push({
          operation: String(context['commandName']).replace(/Command$/, ''),
          table: Table.CapacityUnits,
          indexes: Object.fromEntries(
            Object.entries(GlobalSecondaryIndexes).map(([name, { CapacityUnits }]) => [name, CapacityUnits]),
          ),
        });
        return result;
      },
      { step: 'initialize', name: 'capacityMeter' },
    );
  }

  /** What was read since the last call; counting begins anew. */
  take(): readonly Reading[] {
    this.refused = 0;
    return this.readings.splice(0);
  }
}

/** All units of a call, those of its indexes included. */
export const unitsOf = ({ table, indexes }: Reading): number =>
  table + Object.values(indexes).reduce((sum, units) => sum + units, 0);

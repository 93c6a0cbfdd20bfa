import { inject } from 'vitest';
import { openTable, type Table } from '#lib/table/client.ts';
import { localDynamoDb, newTable } from '#test/support/table.ts';
import { InterleavedWire } from './interleaved-wire.ts';

/** A table with nothing in it, by the wire on which the requests of every verb wait, and by one on which none does. */
export async function interleavedTable(): Promise<{
  readonly table: Table;
  readonly wire: InterleavedWire;
  readonly direct: Table;
}> {
  const { table: direct } = await newTable();
  const wire = new InterleavedWire();
  const settings = { ...localDynamoDb(inject('dynamoDbEndpoint')), requestHandler: wire };
  return { table: openTable(direct.name, settings), wire, direct };
}

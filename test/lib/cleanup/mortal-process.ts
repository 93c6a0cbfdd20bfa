import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { HttpHandlerOptions, HttpResponse } from '@smithy/types';
import { inject } from 'vitest';
import { openTable, type Table } from '#lib/table/client.ts';
import { localDynamoDb } from '#test/support/table.ts';

type Request = Parameters<NodeHttpHandler['handle']>[0];
const writes: ReadonlySet<string> = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

type Response = { response: HttpResponse };

/** The wire of a process that writes so often, and is gone when it is about to write once more. */
class MortalWire extends NodeHttpHandler {
  readonly death: Promise<void>;
  readonly #underWay = new Set<Promise<unknown>>();
  #left: number;
  #isDead = false;
  #die: () => void = () => {};

  constructor(writes: number) {
    super({});
    this.#left = writes;
    this.death = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  override handle(request: Request, options?: HttpHandlerOptions): Promise<Response> {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    if (this.#isDead || (writes.has(operation) && this.#left-- <= 0)) {
      this.#isDead = true;
      this.#die();
      return new Promise(() => {});
    }
    const answer = super.handle(request, options);
    this.#underWay.add(answer);
    return answer.finally(() => this.#underWay.delete(answer));
  }

  /** What had been sent before the end is carried out all the same. */
  async quiet(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }
}

/** Runs a verb in a process that dies after so many writes, and says whether it got to its end. */
export async function dieAfter(
  writes: number,
  { name }: Table,
  verb: (table: Table) => Promise<unknown>,
): Promise<boolean> {
  const wire = new MortalWire(writes);
  const table = openTable(name, { ...localDynamoDb(inject('dynamoDbEndpoint')), requestHandler: wire });
  try {
    return await Promise.race([verb(table).then(() => true), wire.death.then(() => false)]);
  } finally {
    await wire.quiet();
    table.client.destroy();
  }
}

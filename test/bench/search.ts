import { SearchGameSessionsCommand, type SearchGameSessionsCommandInput } from '@aws-sdk/client-gamelift';
import { localAwsAccess } from '#infra/local/account.ts';
import { RecentSearches } from '#lib/sessions/recent-searches.ts';
import { openTable, type Table } from '#lib/table/client.ts';
import { CapacityMeter, unitsOf } from '#test/support/capacity-meter.ts';
import { openDoor, silentLog } from './door.ts';
import { fillFleet } from './fleet.ts';
import type { Extent, Result } from './result.ts';
import type { Service } from './service.ts';
import { asEvents, localUrl, sign } from './signed-calls.ts';
import { median } from './statistics.ts';

const withRoom = 'hasAvailablePlayerSessions=true';

/** What a lobby asks for: each time the first page. */
const searches: Readonly<Record<string, SearchGameSessionsCommandInput>> = {
  'any 20 with room': { FilterExpression: withRoom },
  'any 20 of a hundredth': { FilterExpression: "gameSessionProperties.rare='yes'" },
  'newest 20 with room': { FilterExpression: withRoom, SortExpression: 'creationTimeMillis DESC' },
  'fullest 20 with room': { FilterExpression: withRoom, SortExpression: 'playerSessionCount DESC' },
};

/** What one search took. */
type Spent = {
  readonly calls: number;
  readonly units: number;
  readonly milliseconds: number;
  readonly cpu: number;
};

/**
 * DynamoDB calls, read units and time of SearchGameSessions in the function, on DynamoDB Local, with fewer and with more
 * sessions in the fleet. A sorted search is made once more within the second, from what the first one has left in memory.
 */
export async function measureSearch(service: Service, { quick }: Extent): Promise<readonly Result[]> {
  const table = openTable(service.tableName, { ...localAwsAccess, endpoint: service.dynamoDb.endpoint });
  const bench = openBench(table);
  const [few, many] = quick ? [50, 100] : [1_000, 10_000];
  const rounds = quick ? 1 : 5;
  const results: Result[] = [];
  try {
    const small = await fillFleet(table, few);
    const large = await fillFleet(table, many);
    for (const [name, search] of Object.entries(searches)) {
      const isSorted = search.SortExpression !== undefined;
      const inSmall = await repeat(bench, { ...search, FleetId: small }, rounds);
      const inLarge = await repeat(bench, { ...search, FleetId: large }, rounds);
      results.push(
        ...rows(`Search, ${name} of ${few}`, inSmall.cold),
        ...rows(`Search, ${name} of ${many}`, inLarge.cold, { what: `of ${few}`, spent: inSmall.cold }),
        ...(isSorted
          ? rows(`Search, ${name} of ${many} again`, inLarge.again, {
              what: 'the first',
              spent: inLarge.cold,
            })
          : []),
      );
    }
  } finally {
    table.client.destroy();
  }
  return results;
}

type Bench = {
  /** Sends one search to the function. */
  search(input: SearchGameSessionsCommandInput): Promise<Spent>;
  /** Lets a second pass by the clock of the function's memory. */
  forget(): void;
};

function openBench(table: Table): Bench {
  let now = 0;
  const door = openDoor(table, silentLog, new RecentSearches(() => now));
  const meter = new CapacityMeter(table);
  return {
    async search(input) {
      const signed = await sign(localUrl, (client) => client.send(new SearchGameSessionsCommand(input)));
      const [event] = asEvents(signed);
      if (event === undefined) throw new Error('There is no search');
      meter.take();
      const start = performance.now();
      const cpuBefore = process.cpuUsage();
      const status = await door(event);
      const milliseconds = performance.now() - start;
      const { user, system } = process.cpuUsage(cpuBefore);
      if (status !== 200) throw new Error(`The function answered ${status}`);
      const readings = meter.take();
      return {
        calls: readings.length,
        units: readings.reduce((sum, reading) => sum + unitsOf(reading), 0),
        milliseconds,
        cpu: (user + system) / 1_000,
      };
    },
    forget() {
      now += 1_000;
    },
  };
}

/** Makes a search again and again, each time first with nothing in memory and then once more. */
async function repeat(
  bench: Bench,
  input: SearchGameSessionsCommandInput,
  rounds: number,
): Promise<{ readonly cold: Spent; readonly again: Spent }> {
  // Unrecorded: Java and Node compile what is called often.
  await bench.search(input);
  const cold: Spent[] = [];
  const again: Spent[] = [];
  for (let round = 0; round < rounds; round++) {
    bench.forget();
    cold.push(await bench.search(input));
    again.push(await bench.search(input));
  }
  return { cold: middle(cold), again: middle(again) };
}

const middle = (spent: readonly Spent[]): Spent => ({
  calls: median(spent.map(({ calls }) => calls)),
  units: median(spent.map(({ units }) => units)),
  milliseconds: median(spent.map(({ milliseconds }) => milliseconds)),
  cpu: median(spent.map(({ cpu }) => cpu)),
});

function rows(
  name: string,
  spent: Spent,
  beside?: { readonly what: string; readonly spent: Spent },
): readonly Result[] {
  const units = { calls: 'calls', units: 'RCU', milliseconds: 'ms', cpu: 'ms of CPU' } as const;
  return (['calls', 'units', 'milliseconds', 'cpu'] as const).map((member) => ({
    name,
    unit: units[member],
    openslot: spent[member],
    ...(beside && {
      beside: { what: beside.what, value: beside.spent[member] },
      ratio: spent[member] / beside.spent[member],
    }),
  }));
}

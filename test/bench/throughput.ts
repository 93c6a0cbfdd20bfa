import * as v from 'valibot';
import { localAwsAccess } from '#infra/local/account.ts';
import { openTable } from '#lib/table/client.ts';
import { type OwnProcess, startProcess } from './own-process.ts';
import { openSessions } from './reservation.ts';
import type { Extent, Result } from './result.ts';
import type { Service } from './service.ts';
import { median, pairedRatio, percentile } from './statistics.ts';

/** Sessions of 16 slots of which 12 are taken: none is full, and every ledger is as small as in most games. */
const slots = 16;
const taken = 12;

const levels = [
  { callers: 1, reservations: 150 },
  { callers: 16, reservations: 480 },
  { callers: 64, reservations: 768 },
];

/** Rounds of one level: so many, or as many as a busy machine gets done in 20 s, but three at least. */
const mostRounds = 7;
const leastRounds = 3;
const patienceMs = 20_000;

const Driven = v.object({ seconds: v.number(), latencies: v.array(v.number()) });
type Driven = v.InferOutput<typeof Driven>;

/** Makes as many reservations on one of the two sides. */
type Side = (reservations: number, callers: number) => Promise<Driven>;

/**
 * Reservations a second, and how long one takes, over signed HTTP, beside a loop of the bare SDK that makes the same
 * writes on the same DynamoDB Local. The sides take turns, each with callers in a process of their own.
 */
export async function measureThroughput(service: Service, { quick }: Extent): Promise<readonly Result[]> {
  const callers = startProcess('./load-process.ts');
  const bareLoop = startProcess('./load-process.ts');
  const table = openTable(service.tableName, { ...localAwsAccess, endpoint: service.dynamoDb.endpoint });
  const side =
    (process: OwnProcess, to: object): Side =>
    async (reservations, callers) => {
      const sessions = await openSessions(table, Math.ceil(reservations / taken), slots);
      const turns = Array.from({ length: reservations }, (_, call) => sessions[call % sessions.length]);
      return process.ask(Driven, { ...to, sessions: turns, callers });
    };
  const openslot = side(callers, { side: 'openslot', url: service.url });
  const { tableName, dynamoDb } = service;
  const bare = side(bareLoop, { side: 'bare', tableName, endpoint: dynamoDb.endpoint });
  try {
    const share = quick ? 0.02 : 1;
    // Unrecorded: Java and Node compile what is called often.
    await takeTurns(openslot, bare, 1_200 * share, 16, 2);
    const results: Result[] = [];
    for (const { callers, reservations } of levels) {
      const rounds = await takeTurns(
        openslot,
        bare,
        Math.ceil(reservations * share),
        callers,
        quick ? 1 : mostRounds,
      );
      results.push(...compare(rounds, callers));
    }
    return results;
  } finally {
    await Promise.all([callers.stop(), bareLoop.stop()]);
    table.client.destroy();
  }
}

type Round = { readonly openslot: Driven; readonly bare: Driven };

async function takeTurns(openslot: Side, bare: Side, reservations: number, callers: number, count: number) {
  const rounds: Round[] = [];
  const start = performance.now();
  for (let round = 0; round < count; round++) {
    if (round >= leastRounds && performance.now() - start > patienceMs) break;
    // What the first of a pair leaves behind the second has to bear, so each side goes first in every other.
    const early = round % 2 === 0 ? undefined : await bare(reservations, callers);
    const ours = await openslot(reservations, callers);
    rounds.push({ openslot: ours, bare: early ?? (await bare(reservations, callers)) });
  }
  return rounds;
}

function compare(rounds: readonly Round[], callers: number): readonly Result[] {
  const openslot = rounds.map((round) => round.openslot);
  const bare = rounds.map((round) => round.bare);
  const row = (name: string, unit: string, value: (driven: Driven) => number) => ({
    name: `${name}, ${callers} ${callers === 1 ? 'caller' : 'callers'}`,
    unit,
    openslot: median(openslot.map(value)),
    beside: { what: 'bare SDK', value: median(bare.map(value)) },
    ratio: pairedRatio(openslot.map(value), bare.map(value)),
  });
  const latency = (percent: number) => (driven: Driven) => percentile(driven.latencies, percent);
  return [
    {
      ...row('Reservations', 'a second', ({ seconds, latencies }) => latencies.length / seconds),
      target: { atLeast: 0.8 },
    },
    row('Latency p50', 'ms', latency(50)),
    row('Latency p99', 'ms', latency(99)),
  ];
}

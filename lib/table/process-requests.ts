import { type Changes, reviseItem } from './change-item.ts';
import type { DeleteRequest, PutRequest, UpdateRequest } from './client.ts';
import {
  connectionItemKey,
  dueShard,
  type ProcessAddress,
  processesPartition,
  processItemKey,
} from './keys.ts';
import type { OwedEvent, ServerProcess } from './process-item.ts';
import type { QueryRequest } from './reads.ts';
import { indexes, timeToLive } from './schema.ts';

const byFleet = indexes.sessionsByFleet;
const due = indexes.sessionsDue;

/** Whether a session can be placed on a process. Only those that are READY are in the index at all. */
export type Availability = 'FREE' | 'NOT-FREE';

/** Where processes are looked for: in a location of a fleet, which is named as in the index by fleet. */
export type Hosting = { readonly fleetHash: string; readonly location: string };

const processesOf = ({ fleetHash, location }: Hosting): string => `${fleetHash}#PROCESSES#${location}`;

/** By compute, then by process: where many computes call their processes alike, they are spread all the same. */
const available = (availability: Availability, { computeKey, processHash }: ProcessAddress): string =>
  `${availability}#${computeKey}${processHash}`;

/** The index keys of a process as it is now; `undefined` takes it out of the index. */
export const availabilityKeys = (
  address: ProcessAddress,
  where: Hosting,
  availability: Availability | undefined,
): Changes => ({
  [byFleet.partitionKey]: availability === undefined ? null : processesOf(where),
  [byFleet.sortKey]: availability === undefined ? null : available(availability, address),
});

/** When the sweep looks at a process, epoch milliseconds; `undefined` for never. */
export const lookKeys = ({ processHash }: ProcessAddress, at: number | undefined): Changes => ({
  [due.partitionKey]: at === undefined ? null : dueShard(processHash),
  [due.sortKey]: at === undefined ? null : String(at),
});

/** A process that is over is kept until then, epoch seconds, so that it is known if it comes back. */
export const removalKey = (removeAfter: number): Changes => ({ [timeToLive]: removeAfter });

/** A new process; refused where there is one of that name on its compute. */
export const putProcess = (
  process: Omit<ServerProcess, 'pk' | 'sk'>,
  address: ProcessAddress,
  lookAt: number,
): PutRequest => ({
  Item: { ...processItemKey(address), ...process, ...lookKeys(address, lookAt) },
  ConditionExpression: 'attribute_not_exists(pk)',
});

/** Changes a process that nobody has changed since it was seen. The write gives back the whole item. */
export const reviseProcess = (
  address: ProcessAddress,
  seen: Pick<ServerProcess, 'rev' | 'createdAt'>,
  changes: Changes,
): UpdateRequest => reviseItem(processItemKey(address), seen, changes);

/** What a process is taken with for a session. */
export type Taking = {
  readonly sessionKey: string;
  /** Names the try, so that whoever gets no answer knows the process as its own. */
  readonly takenBy: string;
  readonly takenAt: number;
  readonly keepTime: number | undefined;
};

/**
 * Takes a process for a session, if it is free: the one write by which it is decided whose it is. The write gives back the
 * whole item.
 *
 * @param heardSince epoch milliseconds: whoever was not heard of since is taken for gone
 */
export function takeProcess(
  address: ProcessAddress,
  { keepTime, ...taking }: Taking,
  heardSince: number,
): UpdateRequest {
  const attributes = Object.entries({ ...taking, ...(keepTime !== undefined && { keepTime }) });
  return {
    Key: processItemKey(address),
    ConditionExpression: [
      '#status = :ready',
      // One session in a process's life: two callers never get the same one.
      'attribute_not_exists(sessionKey)',
      'attribute_not_exists(terminateBy)',
      'attribute_not_exists(illSince)',
      // Without a connection nobody could tell it what to do.
      'attribute_exists(connectionId)',
      'beatAt > :heardSince',
      // While it moves to another connection, what is said on the old one may be lost.
      '(attribute_not_exists(refreshedAt) OR refreshedAt < connectedAt)',
    ].join(' AND '),
    UpdateExpression: `SET ${attributes.map(([name]) => `${name} = :${name}`).join(', ')}, owesStart = :true, #fs = :notFree, rev = if_not_exists(rev, :zero) + :one`,
    ExpressionAttributeNames: { '#status': 'status', '#fs': byFleet.sortKey },
    ExpressionAttributeValues: {
      ...Object.fromEntries(attributes.map(([name, value]) => [`:${name}`, value])),
      ':ready': 'READY',
      ':heardSince': heardSince,
      ':true': true,
      ':notFree': available('NOT-FREE', address),
      ':zero': 0,
      ':one': 1,
    },
    ReturnValues: 'ALL_NEW',
  };
}

/**
 * Takes it upon oneself to tell a process of an event on this connection: of several who see that it is owed, one does. For
 * its session it is noted on which connection that was.
 *
 * @param teller names who does, so that whoever gets no answer knows the claim as its own
 */
export function claimOwed(
  address: ProcessAddress,
  event: OwedEvent,
  { connectionId, teller }: { readonly connectionId: string; readonly teller: string },
): UpdateRequest {
  const isStart = event === 'owesStart';
  return {
    Key: processItemKey(address),
    ConditionExpression: '#owed = :true',
    UpdateExpression: `SET rev = if_not_exists(rev, :zero) + :one, teller = :teller${isStart ? ', startedOn = :connection' : ''} REMOVE #owed`,
    ExpressionAttributeNames: { '#owed': event },
    ExpressionAttributeValues: {
      ':true': true,
      ':zero': 0,
      ':one': 1,
      ':teller': teller,
      ...(isStart && { ':connection': connectionId }),
    },
  };
}

/** Which server process is at the other end of a connection; kept until then, epoch seconds. */
export const putConnection = (
  connectionId: string,
  { computeKey, processHash }: ProcessAddress,
  removeAfter: number,
): PutRequest => ({
  Item: { ...connectionItemKey(connectionId), computeKey, processHash, [timeToLive]: removeAfter },
});

export const removeConnection = (connectionId: string): DeleteRequest => ({
  Key: connectionItemKey(connectionId),
});

/** The keys of a fleet's processes in one location that are ready. */
export const processesIn = (where: Hosting): QueryRequest => ({
  IndexName: byFleet.name,
  KeyConditionExpression: '#f = :f',
  ExpressionAttributeNames: { '#f': byFleet.partitionKey },
  ExpressionAttributeValues: { ':f': processesOf(where) },
});

/** The keys of those that are free, from a place in their order on, which is any text of letters and digits. */
export const freeProcessesIn = (where: Hosting, from: string): QueryRequest => ({
  IndexName: byFleet.name,
  KeyConditionExpression: '#f = :f AND #fs BETWEEN :from AND :to',
  ExpressionAttributeNames: { '#f': byFleet.partitionKey, '#fs': byFleet.sortKey },
  ExpressionAttributeValues: {
    ':f': processesOf(where),
    ':from': `FREE#${from}`,
    // Behind every letter and digit.
    ':to': 'FREE#~',
  },
});

/** All processes of a compute. */
export const processesOfCompute = (computeKey: string): QueryRequest => ({
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': processesPartition(computeKey) },
});

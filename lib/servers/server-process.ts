import { fleetHash } from '#lib/sessions/ids.ts';
import { owesAny, type ServerProcess } from '#lib/table/process-item.ts';
import type { Availability, Hosting } from '#lib/table/process-requests.ts';

/** The rules of server processes, all of them pure. Times in milliseconds, those of the clock since the epoch. */

/** How long a process may be silent, or not well, before it is taken for gone: GameLift's own 3 minutes. */
export const silenceTime = 3 * 60_000;

/** How long a process may take from its first connection until it is ready: GameLift's own 5 minutes. */
export const readinessTime = 5 * 60_000;

/** How long a process has to end itself once it was asked to: what the server SDKs tell games. */
export const terminationTime = 5 * 60_000;

/**
 * How long a process may be silent after it was asked to connect anew. When the new connection fails, the SDKs keep
 * everything back for up to 184 s, heartbeats too, before they go back to the old one.
 */
const refreshTime = 5 * 60_000;

/**
 * How old a connection may be before its process is asked to connect anew. The gateway ends each one after two hours with a
 * code after which some SDKs never come back.
 */
const connectionTime = 90 * 60_000;

/** How long before its end the token of a connection is too old: whoever lost the connection then could not come back. */
const tokenMargin = 10 * 60_000;

/** How often a process is asked at most. */
const refreshPause = 60_000;

/**
 * How long a process that has lost the connection on which it was told of its session has on the next one to make it ACTIVE,
 * before it is told again: a game that was told is about to, and would start twice.
 */
const startTime = 60_000;

/**
 * Whether a process may not know of its session: it was told on a connection on which no heartbeat has come since, and
 * has had another one for a while. A session that is ACTIVE by now is not told again.
 */
export const mayHaveMissedStart = (
  { startedOn, connectionId, connectedAt }: ServerProcess,
  now: number,
): boolean => startedOn !== undefined && connectionId !== startedOn && now >= connectedAt + startTime;

/** How long a process that is over is remembered: whoever comes back by its name is refused. */
export const memoryTime = 24 * 60 * 60_000;

/** Whether a process is over by the clock. */
export const isOver = (process: ServerProcess, now: number): boolean => (nextEnd(process) ?? never) <= now;

/**
 * How long a process that has said that it ends may still connect, to say it once more: the SDKs send a request that was not
 * answered for two minutes.
 */
const farewellTime = 3 * 60_000;

/** Whether a process may connect: one that is over may not, unless it only has not heard yet that its end was noted. */
export const mayConnect = ({ status, endedItself, endedAt = 0 }: ServerProcess, now: number): boolean =>
  status !== 'ENDED' || (endedItself === true && now < endedAt + farewellTime);

/**
 * Where the index shows a process; undefined for one that it does not show. A free one hears what it is told, is well, and has
 * no session. What the index cannot know, whether it is silent by now or moving to another connection, the take sees.
 */
export function availabilityOf(process: ServerProcess): Availability | undefined {
  const { status, connectionId, sessionKey, terminateBy, illSince } = process;
  if (status !== 'READY') return undefined;
  const isTaken = sessionKey !== undefined || terminateBy !== undefined || illSince !== undefined;
  return isTaken || connectionId === undefined ? 'NOT-FREE' : 'FREE';
}

/** Where processes of a fleet are looked for. */
export const hostingOf = (where: { readonly fleetId: string; readonly location: string }): Hosting => ({
  fleetHash: fleetHash(where.fleetId),
  location: where.location,
});

/**
 * When a process is over if nothing more is heard of it: it has not got ready in time, has been silent or ill for too long, or
 * has not ended itself in the time that it was given. Undefined for one that is over.
 */
export function nextEnd(process: ServerProcess): number | undefined {
  const { status, createdAt, illSince = never, terminateBy = never } = process;
  if (status === 'ENDED') return undefined;
  const lost = status === 'INITIALIZED' ? createdAt + readinessTime : silentFrom(process);
  return Math.min(lost, illSince + silenceTime, terminateBy);
}

const never = Number.POSITIVE_INFINITY;

/** From when on a process counts as silent. While it may be changing its connection it is given longer. */
function silentFrom({ beatAt, refreshedAt, connectedAt }: ServerProcess): number {
  const isChanging = refreshedAt !== undefined && refreshedAt > connectedAt;
  return Math.max(beatAt + silenceTime, isChanging ? refreshedAt + refreshTime : 0);
}

/**
 * Whether a process is to be asked to connect anew: its connection or its token comes to an end, it was not asked just now, and
 * there is nothing else that it is to hear of first, or that it may not have heard of yet. One that is not well is not asked:
 * while it moves it cannot say that it is well again, and it is that or over soon.
 *
 * @param connectedAt when the connection was made that it speaks on: where a newer one has failed, the SDKs stay on the old
 */
export function mustRefresh(process: ServerProcess, connectedAt: number, now: number): boolean {
  const { tokenEndsAt, refreshedAt = 0, startedOn, illSince } = process;
  const due = Math.min(connectedAt + connectionTime, tokenEndsAt - tokenMargin);
  const hasNews = startedOn !== undefined || owesAny(process);
  return illSince === undefined && !hasNews && now >= due && now >= refreshedAt + refreshPause;
}

import { type Deployment, gameSessionId, playerSessionId } from '#functions/identifiers.ts';
import type { LedgerEvent } from '#lib/events/ledger-events.ts';
import type { HeldSeat, RosterEvent } from '#lib/events/roster-events.ts';
import { readRosteredSession } from '#lib/rosters/rostered-session.ts';
import { heldSlots } from '#lib/sessions/ledger.ts';
import { historyKeyOf } from '#lib/table/keys.ts';
import type { StoredRoster } from '#lib/table/rostered-item.ts';
import type { Ledger } from '#lib/table/session-item.ts';
import type { Change } from './change.ts';
import { type DomainEvent, eventVersion, type GameLiftSession, type RosterSession } from './event-schemas.ts';
import type { GameSessionFacts, RosterFacts } from './session-facts.ts';

/** How what happened is told to subscribers. The same change is told in the same words each time. */

const spellTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

const head = (sessionKey: string, createdAt: number, { number, at }: { number: number; at: number }) =>
  ({
    version: eventVersion,
    id: `${historyKeyOf(sessionKey, createdAt)}.${number}`,
    number,
    at: spellTime(at),
  }) as const;

/** What happened in a game session of the GameLift API, whose ledger was then as `after` is. */
export function spellLedgerEvent(
  deployment: Deployment,
  sessionKey: string,
  event: LedgerEvent,
  after: Ledger,
  facts: GameSessionFacts,
): DomainEvent {
  const about = {
    ...head(sessionKey, after.createdAt, event),
    gameSession: spellGameSession(deployment, after, facts),
  };
  switch (event.kind) {
    case 'activated':
      return { detailType: 'Game Session Activated', detail: about };
    case 'changed':
      return { detailType: 'Game Session Changed', detail: about };
    case 'ended':
      return { detailType: 'Game Session Ended', detail: about };
    case 'reserved':
      return {
        detailType: 'Player Session Reserved',
        detail: { ...about, playerSession: withDeadline(event) },
      };
    case 'timed-out':
      return {
        detailType: 'Player Session Timed Out',
        detail: { ...about, playerSession: withDeadline(event) },
      };
    case 'taken':
      return { detailType: 'Player Session Accepted', detail: { ...about, playerSession: named(event) } };
    case 'given-back':
      return { detailType: 'Player Session Left', detail: { ...about, playerSession: named(event) } };
  }

  function named({ token }: { readonly token: string }) {
    return { playerSessionId: playerSessionId({ sessionKey, token }) };
  }
  function withDeadline(seat: { readonly token: string; readonly deadline: number }) {
    return { ...named(seat), deadline: spellTime(seat.deadline) };
  }
}

const spellGameSession = (
  deployment: Deployment,
  ledger: Ledger,
  facts: GameSessionFacts,
): GameLiftSession => ({
  api: 'GameLift',
  gameSessionId: gameSessionId(deployment, facts),
  fleetId: facts.fleetId,
  location: facts.location,
  status: ledger.status,
  maximumPlayers: ledger.capacity,
  currentPlayers: heldSlots(ledger, ledger.touchedAt),
  acceptsPlayers: !ledger.deniesPlayers,
});

/** What happened in a session with a roster, which was then as `after` is. */
export function spellRosterEvent(sessionKey: string, event: RosterEvent, after: StoredRoster): DomainEvent {
  const about = {
    ...head(sessionKey, after.ledger.createdAt, event),
    gameSession: spellRoster(after),
  };
  switch (event.kind) {
    case 'activated':
      return { detailType: 'Game Session Activated', detail: about };
    case 'changed':
      return { detailType: 'Game Session Changed', detail: about };
    case 'ended':
      return { detailType: 'Game Session Ended', detail: about };
    case 'player-joined': {
      const player = { ...event.player, isReturning: event.isReturning };
      return { detailType: 'Player Joined', detail: { ...about, player } };
    }
    case 'player-left':
      return { detailType: 'Player Left', detail: { ...about, player: event.player } };
    case 'player-removed': {
      const player = { ...event.player, removedBy: event.removedBy };
      return { detailType: 'Player Removed', detail: { ...about, player } };
    }
    case 'seat-reserved':
      return { detailType: 'Seat Reserved', detail: { ...about, seat: spellSeat(event.seat) } };
    case 'seat-released':
      return { detailType: 'Seat Released', detail: { ...about, seat: spellSeat(event.seat) } };
    case 'seat-timed-out':
      return { detailType: 'Seat Timed Out', detail: { ...about, seat: spellSeat(event.seat) } };
  }
}

function spellRoster(after: StoredRoster): RosterSession {
  const session = readRosteredSession(after, after.ledger.touchedAt);
  return {
    api: 'GameSession',
    sessionId: session.sessionId,
    titleId: session.titleId,
    status: session.hasEnded ? 'TERMINATED' : 'ACTIVE',
    maxPlayers: session.maxPlayers,
    players: session.roster.filter(({ isCurrentlyInSession }) => isCurrentlyInSession).length,
    seatsAvailable: session.seatsAvailable,
    isClosed: session.isClosed,
  };
}

const spellSeat = ({ token, deadline, xuid }: HeldSeat) => ({
  seatId: token,
  deadline: spellTime(deadline),
  xuid,
});

/** That somebody has posted a message. */
export function spellMessage(
  { sessionKey, createdAt, queueIndex, message }: Extract<Change, { readonly kind: 'message' }>,
  { sessionId, titleId }: RosterFacts,
): DomainEvent {
  return {
    detailType: 'Message Posted',
    detail: {
      version: eventVersion,
      id: `${historyKeyOf(sessionKey, createdAt)}.${queueIndex}.${message.number}`,
      at: spellTime(message.at),
      gameSession: { api: 'GameSession', sessionId, titleId },
      message: {
        queueIndex,
        sequenceNumber: message.number,
        sender: message.sender,
        bytes: message.data.length,
      },
    },
  };
}

import type { DomainEvent } from '#functions/cleanup/on-change/event-schemas.ts';
import { spellLedgerEvent, spellMessage, spellRosterEvent } from '#functions/cleanup/on-change/spell.ts';
import type { LedgerEvent } from '#lib/events/ledger-events.ts';
import type { RosterEvent } from '#lib/events/roster-events.ts';
import type { StoredRoster } from '#lib/table/rostered-item.ts';
import { acceptedSeat, type Ledger } from '#lib/table/session-item.ts';

/** One event of each kind, spelled by the code that spells those of the service. */

const now = Date.parse('2026-03-14T15:09:26.535Z');
const deadline = now + 60_000;

const deployment = { region: 'eu-central-1', accountId: '123456789012' };
const gameSessionKey = 'kQ2vTz81bLmX0aRwCd';
const fleet = {
  fleetId: 'fleet-2222bbbb-33cc-44dd-55ee-6666ffff77aa',
  location: 'custom-frankfurt',
  id: 'gsess-3333cccc-44dd-45ee-86ff-7777aaaa88bb',
};
const token = '7NfJx4PqYw2';

const ledger: Ledger = {
  status: 'ACTIVE',
  capacity: 10,
  open: 6,
  seats: {
    [token]: deadline,
    aaaaaaaaaaa: acceptedSeat,
    bbbbbbbbbbb: acceptedSeat,
    ccccccccccc: acceptedSeat,
  },
  version: 7,
  createdAt: now - 600_000,
  touchedAt: now,
  lookAt: undefined,
  deniesPlayers: false,
  endedAt: undefined,
  endReason: undefined,
  endedBy: undefined,
  reservationTime: undefined,
  host: undefined,
};

const rosterKey = 'pS5dHn93kVuB6yEtGrZ';
const roster: StoredRoster = {
  sessionId: '702e5aaf-e7bd-4a7c-abea-9dd4be10edec',
  titleId: 1297287259,
  variant: 1,
  displayName: 'Contoso Cards',
  customData: undefined,
  visibility: 'Everyone',
  playersCanBeRemovedBy: 'AnyPlayer',
  creator: '2533274790395904',
  asked: '',
  lastWriter: undefined,
  removedBy: undefined,
  idleTime: undefined,
  roster: [
    { token: 'aaaaaaaaaaa', xuid: '2533274790395904', gamertag: 'Alice', customData: undefined },
    { token: 'bbbbbbbbbbb', xuid: '2533274790395905', gamertag: 'Bob', customData: undefined },
  ],
  queues: [],
  ledger: {
    ...ledger,
    capacity: 4,
    open: 2,
    seats: { aaaaaaaaaaa: acceptedSeat, bbbbbbbbbbb: acceptedSeat },
  },
};

const inLedger = (event: LedgerEvent, after: Ledger = ledger): DomainEvent =>
  spellLedgerEvent(deployment, gameSessionKey, event, after, fleet);

const inRoster = (event: RosterEvent): DomainEvent => spellRosterEvent(rosterKey, event, roster);

const at = now;
const alice = { xuid: '2533274790395904', gamertag: 'Alice', seatIndex: 0 };
const bob = { xuid: '2533274790395905', gamertag: 'Bob', seatIndex: 1 };
const seat = { token, deadline, xuid: undefined };
const lapsed = { token, deadline: now - 1_535 };

export const eventExamples: readonly DomainEvent[] = [
  inLedger(
    { kind: 'activated', number: 0, at: ledger.createdAt },
    { ...ledger, open: 10, seats: {}, touchedAt: ledger.createdAt },
  ),
  inLedger({ kind: 'changed', number: 7, at }, { ...ledger, deniesPlayers: true }),
  inLedger({ kind: 'ended', number: 12, at }, { ...ledger, status: 'TERMINATED', endedAt: now }),
  inLedger({ kind: 'reserved', token, deadline, number: 7, at }),
  inLedger({ kind: 'taken', token, number: 8, at }),
  inLedger({ kind: 'given-back', wasIn: true, token, number: 9, at }),
  inLedger({ kind: 'timed-out', ...lapsed, number: 8, at: lapsed.deadline }),
  inRoster({ kind: 'player-joined', player: bob, isReturning: false, number: 7, at }),
  inRoster({ kind: 'player-left', player: bob, number: 8, at }),
  inRoster({ kind: 'player-removed', player: bob, removedBy: alice.xuid, number: 8, at }),
  inRoster({ kind: 'seat-reserved', seat, number: 7, at }),
  inRoster({ kind: 'seat-released', seat: { ...seat, xuid: bob.xuid }, number: 8, at }),
  inRoster({ kind: 'seat-timed-out', seat: { ...seat, ...lapsed }, number: 8, at: lapsed.deadline }),
  spellMessage(
    {
      kind: 'message',
      sessionKey: rosterKey,
      createdAt: ledger.createdAt,
      queueIndex: 0,
      message: { kind: 'message', number: 3, sender: alice.xuid, at, data: Buffer.from('e2e4'), claim: '' },
    },
    roster,
  ),
];

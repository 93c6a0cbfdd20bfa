import type {
  Host,
  Ledger,
  Property,
  ProtectionPolicy,
  SessionPayload,
  SessionStatus,
} from '#lib/table/session-item.ts';
import { heldSlots } from './ledger.ts';

/** A game session as it stands at one moment. Times in epoch milliseconds. */
export type GameSession = {
  readonly sessionKey: string;
  readonly fleetId: string;
  readonly location: string | undefined;
  /** Its name within the fleet. */
  readonly id: string;
  readonly status: SessionStatus;
  /** By which means it was ended. */
  readonly endReason: string | undefined;
  readonly createdAt: number;
  readonly endedAt: number | undefined;
  readonly capacity: number;
  /** Slots that are reserved or taken now. */
  readonly heldSlots: number;
  readonly takesPlayers: boolean;
  readonly name: string | undefined;
  readonly creatorId: string | undefined;
  readonly properties: readonly Property[] | undefined;
  readonly data: string | undefined;
  /** Shown only: nobody takes servers down here. */
  readonly protection: ProtectionPolicy;
  /** The server process that hosts it; undefined where none does. */
  readonly host: Host | undefined;
};

/** What is stored of a session but its players. */
export type StoredSession = {
  readonly ledger: Ledger;
  readonly payload: SessionPayload;
  readonly data: string | undefined;
};

/** Reads a session by the clock. */
export function readGameSession(
  sessionKey: string,
  { ledger, payload, data }: StoredSession,
  now: number,
): GameSession {
  // One that has not become ACTIVE in time is over, whether or not anything has cleaned up.
  const lateSince = activationEndedAt({ ledger, payload }, now);
  return {
    sessionKey,
    fleetId: payload.fleetId,
    location: payload.location,
    id: payload.id,
    status: lateSince === undefined ? ledger.status : 'TERMINATED',
    endReason: ledger.endReason,
    createdAt: payload.createdAt,
    endedAt: ledger.endedAt ?? lateSince,
    capacity: ledger.capacity,
    heldSlots: heldSlots(ledger, now),
    takesPlayers: !ledger.deniesPlayers,
    name: payload.name,
    creatorId: payload.creatorId,
    properties: payload.properties,
    data,
    protection: payload.protection,
    host: ledger.host,
  };
}

/** Whether a session is hosted by this very process. */
export const isHostedBy = (
  { host }: { readonly host?: Host | undefined },
  process: Pick<Host, 'processHash' | 'computeName'>,
): boolean => host?.processHash === process.processHash && host.computeName === process.computeName;

/** Since when a session is over because it has not become ACTIVE in time, epoch milliseconds; undefined where it is not. */
export const activationEndedAt = (
  { ledger, payload }: Pick<StoredSession, 'ledger' | 'payload'>,
  now: number,
): number | undefined =>
  ledger.status === 'ACTIVATING' && payload.activateBy !== undefined && payload.activateBy <= now
    ? payload.activateBy
    : undefined;

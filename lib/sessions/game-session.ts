import type {
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
  return {
    sessionKey,
    fleetId: payload.fleetId,
    location: payload.location,
    id: payload.id,
    status: ledger.status,
    endReason: ledger.endReason,
    createdAt: payload.createdAt,
    endedAt: ledger.endedAt,
    capacity: ledger.capacity,
    heldSlots: heldSlots(ledger, now),
    takesPlayers: !ledger.deniesPlayers,
    name: payload.name,
    creatorId: payload.creatorId,
    properties: payload.properties,
    data,
    protection: payload.protection,
  };
}

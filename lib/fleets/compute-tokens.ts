import { createHash, timingSafeEqual } from 'node:crypto';
import type { Table } from '#lib/table/client.ts';
import { type Compute, type ComputeToken, parseComputeItem } from '#lib/table/compute-items.ts';
import { computeItemKey } from '#lib/table/keys.ts';
import type { Contended } from '#lib/table/write-in-turns.ts';
import { revise } from './revise.ts';

/** How long a token is good, milliseconds: longer than a connection lasts, at whose end a process shows its token again. */
export const tokenLifetime = 3 * 60 * 60_000;

/** With less than this left of a token, milliseconds, whoever asks gets a new one. */
export const tokenTurn = 15 * 60_000;

/** What the clock of a call says, and where new tokens come from. */
type TokenContext = { readonly table: Table; readonly now: number; readonly newId: () => string };

export type ComputeTokenOutcome =
  | ({ readonly kind: 'token' } & ComputeToken)
  /** No such compute is registered. */
  | { readonly kind: 'not-found' }
  | Contended;

/**
 * The token that a compute's server processes connect with: one read, and one conditional write where a new one is due. All
 * who ask get the same one for the most part of its time, also those who ask at once when it turns. The one before it is
 * good until its own end, for the processes that were started with it.
 */
export async function computeToken(
  { table, now, newId }: TokenContext,
  fleetId: string,
  computeName: string,
): Promise<ComputeTokenOutcome> {
  const key = computeItemKey(fleetId, computeName);
  const revision = await revise<Compute, never>(table, key, parseComputeItem, false, ({ token }) => {
    if (token !== undefined && token.expiresAt - now >= tokenTurn) return { kind: 'keep' };
    const next: ComputeToken = { value: newId(), expiresAt: now + tokenLifetime };
    return { kind: 'change', changes: { token: next, previousToken: token ?? null } };
  });
  switch (revision.kind) {
    case 'revised':
      if (revision.item.token === undefined) throw new Error('A compute was given a token and has none');
      return { kind: 'token', ...revision.item.token };
    case 'not-found':
    case 'contended':
      return revision;
    case 'refused':
      return revision.refusal;
  }
}

/**
 * Until when a text is a token of the compute, epoch milliseconds: the one that is given out or the one before it; undefined
 * where it is none, or none any more. How long it takes to say so tells nothing of a token: hashes are compared, each of
 * them whole.
 */
export function tokenEnd({ token, previousToken }: Compute, text: string, now: number): number | undefined {
  const given = hashOf(text);
  const ends = [token, previousToken].map((known) =>
    known !== undefined && timingSafeEqual(hashOf(known.value), given) && now < known.expiresAt
      ? known.expiresAt
      : undefined,
  );
  return ends.find((end) => end !== undefined);
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

import type { DynamoDBRecord } from 'aws-lambda';
import type { Deployment } from '#functions/identifiers.ts';
import type { Log } from '#functions/log.ts';
import { ledgerEvents } from '#lib/events/ledger-events.ts';
import { rosterEvents } from '#lib/events/roster-events.ts';
import { sendUpdate, type Table } from '#lib/table/client.ts';
import type { Remains } from '#lib/table/remains-item.ts';
import type { Ledger, SessionPayload } from '#lib/table/session-item.ts';
import { unlist } from '#lib/table/session-requests.ts';
import { type Change, readChange } from './change.ts';
import type { DomainEvent } from './event-schemas.ts';
import type { GameSessionFacts, SessionFacts } from './session-facts.ts';
import { spellLedgerEvent, spellMessage, spellRosterEvent } from './spell.ts';

export type PrepareContext = {
  readonly table: Table;
  readonly facts: SessionFacts;
  readonly deployment: Deployment;
  readonly log: Pick<Log, 'warn'>;
};

/** What is to be done about a record. */
export type Prepared = {
  readonly events: readonly DomainEvent[];
  /** A session whose item is gone, and what belonged to it is still to be removed. */
  readonly gone?: Remains;
};

/** Reads a record, and whatever else it takes to tell of it. Throws for a record that cannot be told of. */
export async function prepare(context: PrepareContext, record: DynamoDBRecord): Promise<Prepared> {
  const change = readChange(record);
  switch (change.kind) {
    case 'none':
      return { events: [] };
    case 'removed':
      return { events: [], gone: change.gone };
    case 'roster': {
      const { sessionKey, before, after } = change;
      context.facts.sawRoster(sessionKey, after);
      return {
        events: rosterEvents(before, after).map((event) => spellRosterEvent(sessionKey, event, after)),
      };
    }
    case 'ledger':
      return { events: await tellLedger(context, change) };
    case 'message': {
      const facts = await context.facts.ofRoster(change.sessionKey, change.createdAt);
      return { events: facts === undefined ? untold(context, change) : [spellMessage(change, facts)] };
    }
  }
}

async function tellLedger(
  context: PrepareContext,
  change: Extract<Change, { readonly kind: 'ledger' }>,
): Promise<readonly DomainEvent[]> {
  const { sessionKey, before, after } = change;
  const events = ledgerEvents(before, after, { endsStays: true });
  const hasJustEnded = events.some(({ kind }) => kind === 'ended');
  const facts = hasJustEnded
    ? await afterEnd(context, sessionKey, after)
    : await context.facts.ofGameSession(sessionKey, after.createdAt);
  if (facts === undefined) return untold(context, change);
  return events.map((event) => spellLedgerEvent(context.deployment, sessionKey, event, after, facts));
}

/** Whoever ended the session may have died before the second write, which takes it out of the search. */
async function afterEnd(
  { table, facts }: PrepareContext,
  sessionKey: string,
  { createdAt }: Ledger,
): Promise<GameSessionFacts | undefined> {
  const payload = await facts.payload(sessionKey, createdAt);
  if (payload !== undefined && isListed(payload)) await sendUpdate(table, unlist(sessionKey, createdAt));
  return payload;
}

const isListed = ({ isSearchable, lookAt }: SessionPayload): boolean => isSearchable || lookAt !== undefined;

/** So late that the session is past its retention: nobody can be told what it was. */
function untold({ log }: PrepareContext, { sessionKey }: { readonly sessionKey: string }): readonly [] {
  log.warn('Nobody is told of a change: its session is gone', { sessionKey });
  return [];
}

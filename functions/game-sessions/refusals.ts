import { maySee } from '#lib/rosters/access.ts';
import type { Refusal } from '#lib/rosters/refusals.ts';
import type { RosteredSession } from '#lib/rosters/rostered-session.ts';
import { maximumRoster } from '#lib/table/rostered-requests.ts';
import { invalid, type Refused, refused } from './answer.ts';
import type { Call } from './route.ts';
import { etagHeader, spellSession } from './spell.ts';

/** What this door says when the core refuses. */
export function refuse(refusal: Refusal, call: Call): Refused {
  switch (refusal.kind) {
    case 'not-found':
      return refused('NOT_FOUND', 'There is no such session in this title.');
    case 'no-player':
      return refused('NOT_FOUND', 'This player has never been in the session.');
    case 'not-visible':
      return refused('NOT_VISIBLE', 'The visibility of the session does not include this caller.');
    case 'not-allowed':
      return refused('NOT_ALLOWED', refusal.reason);
    case 'full':
      return refused('SESSION_FULL', fullDetail(refusal.session), shown(refusal.session, call));
    case 'roster-full':
      return refused(
        'SESSION_FULL',
        `The roster has no room: it keeps at most ${maximumRoster} players, those who have left among them.`,
        shown(refusal.session, call),
      );
    case 'closed':
      return refused(
        'SESSION_CLOSED',
        'The session is closed: nobody can join it.',
        shown(refusal.session, call),
      );
    case 'ended':
      return refused(
        'SESSION_ENDED',
        'The session has ended: it can only be read.',
        shown(refusal.session, call),
      );
    case 'changed-since':
      return preconditionFailed(
        'The session has changed since: If-Match names no ETag that it has now.',
        refusal.session,
        call,
      );
    case 'below-held':
      return invalid([
        {
          pointer: '/maxPlayers',
          detail: `must be at least ${refusal.held}, the number of seats that are taken`,
        },
      ]);
    case 'contended':
      return throttled('Too many callers change this session at once. Try again.');
  }
}

/** The same where somebody wanted seats: it is counted. */
export async function refuseSeats(refusal: Refusal, call: Call): Promise<Refused> {
  await call.meter({ ReservationsRefused: 1 }, { reason: refusal.kind });
  return refuse(refusal, call);
}

/** The session for a problem that it explains, where the caller may see it. */
const shown = (session: RosteredSession, { caller }: Call): Pick<Refused, 'session'> => ({
  session: maySee(session, caller) ? spellSession(session) : undefined,
});

/** Somebody else came first. With the session and its ETag, the next try needs no call before it. */
export const preconditionFailed = (detail: string, session: RosteredSession, call: Call): Refused =>
  refused('PRECONDITION_FAILED', detail, { ...shown(session, call), headers: etagHeader(session) });

/** Another try in a second is worth it. */
export const throttled = (detail: string): Refused =>
  refused('THROTTLED', detail, { headers: { 'retry-after': '1' } });

const fullDetail = ({ seatsAvailable }: RosteredSession): string =>
  seatsAvailable === 0
    ? 'The session has no seat available.'
    : `The session has ${seatsAvailable} seats available, too few for all of these players.`;

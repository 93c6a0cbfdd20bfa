import type { Contended } from '#lib/table/write-in-turns.ts';
import type { RosteredSession } from './rostered-session.ts';

/** Why a request does nothing to a session. Those that go by what the session is show it as it was then. */
export type Refusal =
  /** There is none, or it is another title's. */
  | { readonly kind: 'not-found' }
  /** There is the session, and this player has never been in it. */
  | { readonly kind: 'no-player' }
  | { readonly kind: 'not-visible' }
  | { readonly kind: 'not-allowed'; readonly reason: string }
  | { readonly kind: 'full'; readonly session: RosteredSession }
  | { readonly kind: 'closed'; readonly session: RosteredSession }
  | { readonly kind: 'ended'; readonly session: RosteredSession }
  /** As many players as a roster holds have been in, and none of them is asking. */
  | { readonly kind: 'roster-full'; readonly session: RosteredSession }
  /** It is no longer as the caller saw it. */
  | { readonly kind: 'changed-since'; readonly session: RosteredSession }
  /** More slots are held than would be left. */
  | { readonly kind: 'below-held'; readonly held: number }
  | Contended;

/** Some of the refusals. */
export type Refused<Kind extends Refusal['kind']> = Extract<Refusal, { readonly kind: Kind }>;

export const notFound: Refused<'not-found'> = { kind: 'not-found' };
export const notAllowed = (reason: string): Refused<'not-allowed'> => ({ kind: 'not-allowed', reason });

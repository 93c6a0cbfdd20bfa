import * as v from 'valibot';
import type { Reply } from './game-sessions.ts';

type Body = Pick<Reply, 'body'>;

const Identified = v.object({ sessionId: v.string() });
const Page = v.object({
  sessions: v.array(v.record(v.string(), v.unknown())),
  continuationToken: v.nullable(v.string()),
});

/** The id of the session that an answer shows. */
export const sessionIdOf = ({ body }: Body): string => v.parse(Identified, body).sessionId;

/** The sessions of a page. */
export const sessionsIn = ({ body }: Body): readonly Readonly<Record<string, unknown>>[] =>
  v.parse(Page, body).sessions;

/** What continues the list, null at its end. */
export const tokenIn = ({ body }: Body): string | null => v.parse(Page, body).continuationToken;

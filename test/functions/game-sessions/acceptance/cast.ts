import * as v from 'valibot';
import { sessionIdOf } from '#test/support/game-session-replies.ts';
import {
  type GameSessions,
  type Reply,
  type TestCaller,
  titleId,
  xuidOf,
} from '#test/support/game-sessions.ts';

/** Callers, each by what they have to do with a session that `stage` sets up. */
export type Cast = {
  /** Created the session and never came in. */
  readonly creator: TestCaller;
  readonly isIn: TestCaller;
  readonly isInToo: TestCaller;
  readonly hasLeft: TestCaller;
  readonly neverIn: TestCaller;
  /** Has a seat reserved, and has not come. */
  readonly invited: TestCaller;
  readonly title: TestCaller;
  /** The player who is in, by xuid and gamertag, in another title. */
  readonly otherTitlesPlayer: TestCaller;
  readonly otherTitle: TestCaller;
  readonly noToken: TestCaller;
};

export type Role = keyof Cast;

const otherTitleId = titleId + 1;

export async function castOf(service: GameSessions): Promise<Cast> {
  const isIn = await service.player();
  const { xuid, gamertag } = isIn;
  return {
    creator: await service.player(),
    isIn,
    isInToo: await service.player(),
    hasLeft: await service.player(),
    neverIn: await service.player(),
    invited: await service.player(),
    title: await service.title(),
    otherTitlesPlayer: await service.player({ xuid, gamertag, titleId: otherTitleId }),
    otherTitle: await service.title({ titleId: otherTitleId }),
    noToken: {
      xuid: '',
      gamertag: '',
      token: '',
      get: (path, headers = {}) => service.call('GET', path, { headers }),
      post: (path, body, headers = {}) => service.call('POST', path, { body, headers }),
      patch: (path, body, headers = {}) => service.call('PATCH', path, { body, headers }),
      delete: (path, headers = {}) => service.call('DELETE', path, { headers }),
    },
  };
}

/** A player as a title names one. */
export const named = ({ xuid, gamertag }: TestCaller) => ({ xuid: xuidOf(xuid), gamertag });

/**
 * Creates a session in which everybody of the cast is what the name says, and a message of the one who is in.
 *
 * @returns its path
 */
export async function stage(cast: Cast, settings: object = {}): Promise<string> {
  const { creator, isIn, isInToo, hasLeft, invited, title } = cast;
  const session = await create(creator, { maxPlayers: 16, ...settings });
  const players = [isIn, isInToo, hasLeft].map(named);
  for (const reply of [
    await title.post(`${session}/players`, { players }),
    await title.delete(`${session}/players/${hasLeft.xuid}`),
    await title.post(`${session}/reservations`, { players: [{ xuid: xuidOf(invited.xuid) }] }),
    await isIn.post(`${session}/queues/0/messages`, { data: dataOf('a move') }),
  ]) {
    if (reply.status >= 300) throw new Error(reply.text);
  }
  return session;
}

/** Creates a session and gives its path. */
export async function create(caller: TestCaller, settings: object = { maxPlayers: 4 }): Promise<string> {
  return `/sessions/${sessionIdOf(await caller.post('/sessions', settings))}`;
}

/** All that a session and its first queue show to its title: the same as long as nothing is written. */
export async function shownBy({ title }: Cast, session: string): Promise<readonly unknown[]> {
  const { headers, text } = await title.get(session);
  return [headers['etag'], text, (await title.get(`${session}/queues/0/messages`)).text];
}

/** Bytes as messages and players have them. */
export const dataOf = (text: string): string => Buffer.from(text).toString('base64');

const Problem = v.object({ code: v.string() });

/** `200`, or `403 NOT_VISIBLE`. */
export const endOf = ({ status, body }: Pick<Reply, 'status' | 'body'>): string =>
  status < 400 ? String(status) : `${status} ${v.parse(Problem, body).code}`;

const Page = v.object({
  sessions: v.array(v.object({ sessionId: v.string() })),
  continuationToken: v.nullable(v.string()),
});

/** The paths of all sessions of a list, page by page. */
export async function listed(caller: TestCaller, query: string): Promise<readonly string[]> {
  const paths: string[] = [];
  let from: string | null = null;
  do {
    const token: string = from === null ? '' : `&continuationToken=${from}`;
    const reply: Reply = await caller.get(`/sessions?${query}${token}`);
    const page = v.parse(Page, reply.body);
    paths.push(...page.sessions.map(({ sessionId }) => `/sessions/${sessionId}`));
    from = page.continuationToken;
  } while (from !== null);
  return paths;
}

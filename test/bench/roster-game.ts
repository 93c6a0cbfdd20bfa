import type { RosterCall } from './roster-calls.ts';
import type { BenchPlayer, TokenIssuer } from './token-issuer.ts';

/** A player with a token to call with. */
export type Seated = Pick<BenchPlayer, 'xuid'> & { readonly token: string };

/** So many players with names as long as names are. */
export const seatPlayers = ({ tokenOf }: TokenIssuer, count: number): Promise<readonly Seated[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, number) => {
      const player = { xuid: String(2533274790395904 + number), gamertag: `Bench Player ${number}` };
      return { xuid: player.xuid, token: await tokenOf(player) };
    }),
  );

/** What is done to a session, and how often: each call once, one after the other. */
export type Step = {
  readonly name: string;
  readonly status: number;
  readonly calls: readonly RosterCall[];
};

/** The longest that a reader can wait. */
export const longestWait = 'Wait of 20 s';

const messages = 8;

/** What needs doing once is done so often all the same: one call says little about time. */
const times = 4;

const repeat = (count: number, call: (number: number) => RosterCall): readonly RosterCall[] =>
  Array.from({ length: count }, (_, number) => call(number));

/** What a turn of a board game takes, in Base64. */
const data = Buffer.alloc(200, 7).toString('base64');

/** Creates a session that everybody can find, with a seat for each of `slots` players. */
export const creation = (slots: number, token: string): RosterCall => ({
  routeKey: 'POST /sessions',
  token,
  body: { maxPlayers: slots, displayName: 'A session of the bench', visibility: 'Everyone' },
});

/** Creations of sessions in which nothing happens any more. */
export const creations = (slots: number, token: string): Step => ({
  name: 'Creation',
  status: 201,
  calls: repeat(times, () => creation(slots, token)),
});

/** The life of a session in which each of the players gets a seat, and `late` does not. */
export function life(sessionId: string, players: readonly Seated[], late: Seated): readonly Step[] {
  const session = { sessionId };
  const queue = { sessionId, queueIndex: '0' };
  const { token } = players[0] ?? late;
  const join = (player: Seated): RosterCall => ({
    routeKey: 'POST /sessions/{sessionId}/players',
    path: session,
    token: player.token,
  });
  const leave = (player: Seated): RosterCall => ({
    routeKey: 'DELETE /sessions/{sessionId}/players/{xuid}',
    path: { sessionId, xuid: player.xuid },
    token: player.token,
  });
  const post: RosterCall = {
    routeKey: 'POST /sessions/{sessionId}/queues/{queueIndex}/messages',
    path: queue,
    token,
    body: { data },
  };
  const readOn = (query: string): RosterCall => ({
    routeKey: 'GET /sessions/{sessionId}/queues/{queueIndex}/messages',
    path: queue,
    query,
    token,
  });
  return [
    { name: 'Join', status: 201, calls: players.map(join) },
    { name: 'Refused join', status: 409, calls: repeat(times, () => join(late)) },
    {
      name: 'Read of a session',
      status: 200,
      calls: repeat(times, () => ({ routeKey: 'GET /sessions/{sessionId}', path: session, token })),
    },
    {
      name: 'Change of a session',
      status: 200,
      calls: repeat(times, (number) => ({
        routeKey: 'PATCH /sessions/{sessionId}',
        path: session,
        token,
        body: { variant: 1 + number },
      })),
    },
    { name: 'Message', status: 201, calls: repeat(messages, () => post) },
    { name: `Read of ${messages} messages`, status: 200, calls: repeat(times, () => readOn('after=0')) },
    { name: 'Read of no message', status: 200, calls: repeat(times, () => readOn(`after=${messages}`)) },
    { name: longestWait, status: 200, calls: [readOn(`after=${messages}&wait=20`)] },
    { name: 'Leave', status: 204, calls: players.map(leave) },
  ];
}

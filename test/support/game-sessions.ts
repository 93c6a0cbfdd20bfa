import { randomUUID } from 'node:crypto';
import { createLocalJWKSet } from 'jose';
import { inject } from 'vitest';
import { type DoorContext, gameSessionsDoor } from '#functions/game-sessions/door.ts';
import type { LogAttributes } from '#functions/log.ts';
import type { Meter } from '#functions/meter.ts';
import { answerRequest, type Invoke } from '#infra/local/gateway.ts';
import type { GatewayRequest } from '#infra/local/gateway-event.ts';
import { serveHttp } from '#infra/local/http.ts';
import { createRouter } from '#infra/local/routes.ts';
import { readStack } from '#infra/local/stack.ts';
import { bearerTokens } from '#lib/auth/bearer-tokens.ts';
import { titleScope } from '#lib/auth/token-claims.ts';
import { usualIdleTime, usualRetention } from '#lib/sessions/retention.ts';
import type { Table } from '#lib/table/client.ts';
import { parseExactJson, rawNumber } from '#lib/wire/exact-json.ts';
import { newSigner } from '#test/lib/auth/token-signer.ts';
import { Clock } from './clock.ts';
import type { DynamoDbWire } from './dynamodb-wire.ts';
import { expectDescribed } from './open-api.ts';
import { newTable } from './table.ts';

export const issuer = 'https://issuer.example';
export const audience = 'openslot-test';
/** The title whose tokens and sessions the tests use, unless they say otherwise. */
export const titleId = 1297287259;

/** A xuid as it goes into a body: a JSON number that a double may not hold. */
export const xuidOf = (decimal: string): unknown => rawNumber(decimal);

/** Who a token is for. */
export type TokenFor = {
  /** In decimal; none for a title's token that names no player. */
  readonly xuid?: string | undefined;
  readonly gamertag?: string | undefined;
  readonly titleId?: number;
  readonly scope?: string;
  /** Claims beside these, or instead of them. Undefined takes one away. */
  readonly claims?: Readonly<Record<string, unknown>>;
};

export type CallOptions = {
  /** A token that `token` made, or any text; without it the call has no Authorization header. */
  readonly token?: string | undefined;
  /** A string or bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body read from JSON, integers beyond 2^53 as bigints; undefined where there is none. */
  readonly body: unknown;
  readonly text: string;
};

/** One who calls the service with a token of their own. */
export type TestCaller = {
  /** In decimal; '' for a title. */
  readonly xuid: string;
  readonly gamertag: string;
  readonly token: string;
  get(path: string, headers?: CallOptions['headers']): Promise<Reply>;
  post(path: string, body?: unknown, headers?: CallOptions['headers']): Promise<Reply>;
  patch(path: string, body?: unknown, headers?: CallOptions['headers']): Promise<Reply>;
  delete(path: string, headers?: CallOptions['headers']): Promise<Reply>;
};

/** The GameSession (JSON) API over HTTP, with the routes of the stack, on a table and a clock of its own. */
export type GameSessions = {
  readonly url: string;
  readonly clock: Clock;
  readonly table: Table;
  readonly wire: DynamoDbWire;
  /** A token that the service takes, good for an hour by the test's clock. */
  token(who: TokenFor): Promise<string>;
  /** A player with a token: a new one, of the tests' title, unless the test says otherwise. */
  player(who?: TokenFor): Promise<TestCaller>;
  /** The title's own backend. */
  title(who?: TokenFor): Promise<TestCaller>;
  /** Sends a request. Throws where the answer is not as the OpenAPI description has it. */
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  /** The same without HTTP in between, for tests of more requests than that has time for. */
  handOver(method: string, path: string, options?: CallOptions): Promise<Reply>;
  /** What the function has logged, whole. */
  readonly logged: readonly (readonly [message: string, attributes: LogAttributes])[];
  /** What it has counted. */
  readonly metered: readonly Parameters<Meter>[];
  close(): Promise<void>;
};

export async function startGameSessions(
  changes: Partial<DoorContext> = {},
  clock: Clock = new Clock(),
): Promise<GameSessions> {
  const { table, wire } = await newTable();
  const signer = await newSigner('EdDSA', 'the key of the tests');
  const keys = createLocalJWKSet({ keys: [signer.publicKey] });
  const logged: [string, LogAttributes][] = [];
  const log = (message: string, attributes: LogAttributes = {}) => {
    logged.push([message, attributes]);
  };
  const metered: Parameters<Meter>[] = [];
  const door = gameSessionsDoor({
    table,
    retention: usualRetention,
    idleTime: usualIdleTime,
    meter: (...counted) => void metered.push(counted),
    tokens: bearerTokens({ issuer, audience, keySet: { at: () => keys } }),
    clock: clock.now,
    sleep: async (milliseconds) => clock.turn(milliseconds),
    newId: randomUUID,
    random: Math.random,
    log: { info: log, error: log },
    ...changes,
  });
  const { routes } = readStack(inject('assembly'));
  const invoke: Invoke = (_, event, awsRequestId) => door(event, { awsRequestId });
  const gateway = await serveHttp({ port: 0, routes, invoke });
  const router = createRouter(routes);

  const token = ({ xuid, gamertag, titleId: title = titleId, scope, claims }: TokenFor) =>
    signer.sign({
      iss: issuer,
      aud: audience,
      exp: Math.floor(clock.now() / 1_000) + 3_600,
      xuid: xuid === undefined ? undefined : rawNumber(xuid),
      gamertag,
      title_id: title,
      scope,
      ...claims,
    });

  const call = async (method: string, path: string, options: CallOptions = {}): Promise<Reply> => {
    const answer = await fetch(`${gateway.url}${path}`, {
      method,
      headers: {
        ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
        ...options.headers,
      },
      body: spellBody(options.body),
    });
    const reply = readReply(answer.status, Object.fromEntries(answer.headers), await answer.text());
    expectDescribed(method, path, reply);
    return reply;
  };

  const callerWith = async (who: TokenFor): Promise<TestCaller> => {
    const held = await token(who);
    return {
      xuid: who.xuid ?? '',
      gamertag: who.gamertag ?? '',
      token: held,
      get: (path, headers = {}) => call('GET', path, { token: held, headers }),
      post: (path, body, headers = {}) => call('POST', path, { token: held, body, headers }),
      patch: (path, body, headers = {}) => call('PATCH', path, { token: held, body, headers }),
      delete: (path, headers = {}) => call('DELETE', path, { token: held, headers }),
    };
  };

  let players = 0;
  return {
    url: gateway.url,
    clock,
    table,
    wire,
    token,
    player: (who = {}) => {
      players++;
      return callerWith({
        xuid: String(2533274790395904n + BigInt(players)),
        gamertag: `Player ${players}`,
        ...who,
      });
    },
    title: (who = {}) => callerWith({ scope: titleScope, ...who }),
    call,
    handOver: async (method, path, options = {}) => {
      const answered = await answerRequest(gatewayRequest(method, path, options, clock), router, invoke);
      const headers = Object.entries(answered.headers).map(([name, value]) => [name, String(value)]);
      const reply = readReply(answered.statusCode, Object.fromEntries(headers), answered.body.toString());
      expectDescribed(method, path, reply);
      return reply;
    },
    logged,
    metered,
    async close() {
      await gateway.close();
      table.client.destroy();
    },
  };
}

function spellBody(body: unknown): string | Uint8Array<ArrayBuffer> | null {
  if (body === undefined) return null;
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
}

function gatewayRequest(
  method: string,
  path: string,
  { token, headers, body }: CallOptions,
  clock: Clock,
): GatewayRequest {
  const sent = { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers };
  return {
    method,
    path: path.replace(/\?.*/s, ''),
    query: path.split('?').slice(1).join('?'),
    rawHeaders: Object.entries(sent).flat(),
    body: Buffer.from(spellBody(body) ?? ''),
    sourceIp: '127.0.0.1',
    port: 80,
    receivedAt: clock.now(),
  };
}

/** Reads an answer of this API. */
export function readReply(status: number, headers: Reply['headers'], text: string): Reply {
  return { status, headers, text, body: text === '' ? undefined : parseExactJson(text) };
}

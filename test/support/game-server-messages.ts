import * as v from 'valibot';
import type { Sdk } from './game-server-socket.ts';

/** What the service says to a game server, as strictly as the strictest of the SDKs reads it: names and types exactly so. */

const integer = v.pipe(v.number(), v.integer());
const properties = v.optional(v.record(v.string(), v.string()));
const text = v.optional(v.string());

const Response = v.looseObject({
  Action: v.string(),
  RequestId: v.string(),
  StatusCode: integer,
  ErrorMessage: text,
});

export type ServerResponse = Readonly<v.InferOutput<typeof Response>>;

const Event = v.variant('Action', [
  v.looseObject({
    Action: v.literal('CreateGameSession'),
    GameSessionId: v.string(),
    GameSessionName: text,
    GameSessionData: text,
    MatchmakerData: text,
    IpAddress: text,
    DnsName: text,
    Port: integer,
    MaximumPlayerSessionCount: integer,
    GameProperties: properties,
  }),
  v.looseObject({
    Action: v.literal('UpdateGameSession'),
    GameSession: v.looseObject({
      GameSessionId: v.string(),
      Name: text,
      FleetId: text,
      GameSessionData: text,
      MatchmakerData: text,
      IpAddress: text,
      DnsName: text,
      Port: v.optional(integer),
      MaximumPlayerSessionCount: v.optional(integer),
      GameProperties: properties,
    }),
    UpdateReason: text,
    BackfillTicketId: text,
  }),
  v.looseObject({ Action: v.literal('TerminateProcess'), TerminationTime: integer }),
  v.looseObject({
    Action: v.literal('RefreshConnection'),
    RefreshConnectionEndpoint: v.string(),
    AuthToken: v.string(),
  }),
]);

export type ServerEvent = Readonly<v.InferOutput<typeof Event>>;
export type EventOf<Action extends ServerEvent['Action']> = Extract<ServerEvent, { Action: Action }>;

/** What the SDKs act on before the process is ready. All else is lost then. */
export const takenBeforeReady: Readonly<Record<Sdk, ReadonlySet<ServerEvent['Action']>>> = {
  Go: new Set(['RefreshConnection', 'TerminateProcess']),
  Cpp: new Set(),
  CSharp: new Set(['RefreshConnection']),
};

export type ServerMessage =
  | { readonly kind: 'response'; readonly response: ServerResponse }
  | { readonly kind: 'event'; readonly event: ServerEvent }
  /** What an SDK ignores: it is no JSON object, has no action that it knows, or a member of the wrong type. */
  | { readonly kind: 'ignored' };

/** Tells a response from an event by its RequestId, which no event may have. */
export function readServerMessage(frame: string): ServerMessage {
  const message = v.safeParse(
    v.pipe(v.string(), v.parseJson(), v.looseObject({ RequestId: v.optional(v.string()) })),
    frame,
  );
  if (!message.success) return { kind: 'ignored' };
  if (message.output.RequestId) {
    const response = v.safeParse(Response, message.output);
    return response.success ? { kind: 'response', response: response.output } : { kind: 'ignored' };
  }
  const event = v.safeParse(Event, message.output);
  return event.success ? { kind: 'event', event: event.output } : { kind: 'ignored' };
}

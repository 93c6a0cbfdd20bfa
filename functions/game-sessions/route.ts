import type * as v from 'valibot';
import type { HttpRequest } from '#functions/http.ts';
import type { Meter } from '#functions/meter.ts';
import type { Caller } from '#lib/auth/bearer-tokens.ts';
import type { SessionAddress } from '#lib/rosters/ids.ts';
import type { Table } from '#lib/table/client.ts';
import type { Answer } from './answer.ts';
import { requestChecker } from './check-request.ts';

/** One authenticated request: what a route needs beside what was checked. */
export type Call = {
  readonly table: Table;
  readonly caller: Caller;
  /** How long a session can be read once it has ended, milliseconds. */
  readonly retention: number;
  /** How long nobody may hold a slot in a new session or touch it before it is ended, milliseconds; undefined for ever. */
  readonly idleTime: number | undefined;
  readonly meter: Meter;
  /** Epoch milliseconds, when the request came in. */
  readonly now: number;
  /** The same as time goes on, for an answer that is held back. */
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** A number in [0, 1), as Math.random. */
  readonly random: () => number;
  readonly newId: () => string;
  /** Another one for every request. */
  readonly requestId: string;
};

/** A request as the door hands it to its route. */
export type Incoming = {
  readonly http: HttpRequest;
  /** The variables of the path, percent-decoded. */
  readonly path: Readonly<Record<string, string | undefined>>;
};

/**
 * One way to fill in a body: whose token it is for, where not for both kinds, and the member by whose presence it is told
 * from others. The first form that fits is the one that counts.
 */
export type BodyForm = {
  readonly for?: Caller['kind'];
  readonly with?: string;
  readonly entries: v.ObjectEntries;
};

/**
 * What a route takes, by the names of variables, parameters, headers and members. A query parameter or a member that is
 * not among them is refused, other headers are passed over, and without `body` so is what the request has for one.
 */
export type RouteInput = {
  readonly path?: v.ObjectEntries;
  readonly query?: v.ObjectEntries;
  readonly headers?: v.ObjectEntries;
  readonly body?: readonly BodyForm[];
};

type OutputOf<Entries> = Entries extends v.ObjectEntries
  ? v.InferOutput<v.StrictObjectSchema<Entries, undefined>>
  : unknown;
type BodyOf<Forms> = Forms extends readonly BodyForm[] ? OutputOf<Forms[number]['entries']> : unknown;

/** What a route's action is given: read by the schemas of its input. */
export type RequestOf<Input extends RouteInput> = {
  readonly path: OutputOf<Input['path']>;
  readonly query: OutputOf<Input['query']>;
  readonly headers: OutputOf<Input['headers']>;
  readonly body: BodyOf<Input['body']>;
};

/** An action with the checks of its request in front of it. */
export type Route = {
  readonly input: RouteInput;
  run(request: Incoming, call: Call): Promise<Answer>;
};

/** Puts an action behind the checks of its request: one that fails them does not reach it. */
export function route<const Input extends RouteInput>(
  input: Input,
  act: (request: RequestOf<Input>, call: Call) => Promise<Answer>,
): Route {
  const check = requestChecker(input);
  return {
    input,
    async run(request, call) {
      const checked = check(request, call.caller);
      return checked.kind === 'refused' ? checked : act(checked.request, call);
    },
  };
}

/** A session in the caller's title: that of another does not exist for this caller. */
export const addressOf = ({ caller }: Call, path: { readonly sessionId: string }): SessionAddress => ({
  titleId: caller.titleId,
  sessionId: path.sessionId,
});

import type { Connections } from '#functions/connections.ts';
import type { Deployment } from '#functions/identifiers.ts';
import type { Log } from '#functions/log.ts';
import type { Meter } from '#functions/meter.ts';
import type { RecentlyFull } from '#lib/sessions/recently-full.ts';
import type { Table } from '#lib/table/client.ts';
import type { ProcessAddress } from '#lib/table/keys.ts';
import type { ServerProcess } from '#lib/table/process-item.ts';
import { check } from '#lib/wire/check.ts';
import type { InputOf, StructureShape } from '#lib/wire/shapes.ts';
import { inOurSpelling } from './member-names.ts';

/** One request of a server process: what an action needs beside its members. */
export type ServerCall = {
  readonly table: Table;
  readonly recentlyFull: RecentlyFull;
  readonly deployment: Deployment;
  /** How long a session can be read once it has ended, milliseconds. */
  readonly retention: number;
  /** Where server processes connect: the base URL, without a query. */
  readonly endpoint: string;
  readonly connections: Connections;
  readonly meter: Meter;
  readonly log: Pick<Log, 'warn'>;
  readonly newId: () => string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly connectionId: string;
  /** When the connection was made, epoch milliseconds. */
  readonly connectedAt: number;
  /** The same when the process sends the request again, undefined where it does not say. */
  readonly requestId: string | undefined;
  readonly address: ProcessAddress;
  /** The process as it was when the request came. */
  readonly process: ServerProcess;
};

/** The statuses that the server SDKs tell apart. Any other one reads as a failure of the service. */
export const statuses = {
  ok: 200,
  badRequest: 400,
  unauthorized: 401,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  tooManyRequests: 429,
  internal: 500,
} as const;

export type RefusalStatus = (typeof statuses)[Exclude<keyof typeof statuses, 'ok'>];

/** What an answer holds beside its envelope; members that are undefined are left out. */
export type Members = { readonly [member: string]: MemberValue | undefined };
type MemberValue = string | number | readonly Members[];

export type ServerAnswer =
  | { readonly kind: 'answered'; readonly members: Members }
  | { readonly kind: 'refused'; readonly status: RefusalStatus; readonly message: string };

export const answered = (members: Members = {}): ServerAnswer => ({ kind: 'answered', members });

export const refused = (status: RefusalStatus, message: string): ServerAnswer => ({
  kind: 'refused',
  status,
  message,
});

/** An action with its members' constraints in front of it. */
export type ServerAction = {
  readonly input: StructureShape;
  run(message: unknown, call: ServerCall): Promise<ServerAnswer>;
};

/** Puts an action behind the constraints of its members: it is not reached by a request that breaks one of them. */
export function action<S extends StructureShape>(
  input: S,
  act: (input: InputOf<S>, call: ServerCall) => Promise<ServerAnswer> | ServerAnswer,
): ServerAction {
  return {
    input,
    async run(message, call) {
      const checked = check(input, inOurSpelling(input, message));
      return checked.kind === 'ok' ? act(checked.input, call) : refused(statuses.badRequest, checked.message);
    },
  };
}

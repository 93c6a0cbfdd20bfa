import type { Connections } from '#functions/connections.ts';
import type { Deployment } from '#functions/identifiers.ts';
import type { Log } from '#functions/log.ts';
import type { Meter } from '#functions/meter.ts';
import type { PageTokens } from '#functions/page-tokens.ts';
import type { RecentSearches } from '#lib/sessions/recent-searches.ts';
import type { RecentlyFull } from '#lib/sessions/recently-full.ts';
import type { Table } from '#lib/table/client.ts';
import { check } from '#lib/wire/check.ts';
import type { WireError, WireErrorName } from '#lib/wire/errors.ts';
import type { Output } from '#lib/wire/output.ts';
import type { InputOf, StructureShape } from '#lib/wire/shapes.ts';

/** One authenticated call: what an action needs beside its input. */
export type Call = {
  readonly table: Table;
  readonly recentlyFull: RecentlyFull;
  readonly recentSearches: RecentSearches;
  readonly deployment: Deployment;
  /** How long a session can be read once it has ended, milliseconds. */
  readonly retention: number;
  /**
   * How long nobody may hold a slot in a new session or touch it before it is ended, where its fleet does not say,
   * milliseconds; undefined for ever.
   */
  readonly idleTime: number | undefined;
  readonly meter: Meter;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly random: () => number;
  readonly newId: () => string;
  /** The connections that game servers hold open. */
  readonly connections: Connections;
  readonly log: Pick<Log, 'warn'>;
  /** Where game servers connect to, without a query. */
  readonly gameServerEndpoint: string;
  /** The same over the retries of one request, another for every other request. */
  readonly requestToken: string;
  /** Whether an earlier try of this request may have been carried out. */
  readonly mayBeRetry: boolean;
  readonly pageTokens: PageTokens;
};

export type Answered = { readonly kind: 'answered'; readonly output: Output };
export type Refused = { readonly kind: 'refused'; readonly error: WireError };
export type Answer = Answered | Refused;

/** An action with its input's constraints in front of it. */
export type Operation = {
  readonly input: StructureShape;
  run(body: unknown, call: Call): Promise<Answer>;
};

/** Puts an action behind the constraints of its input: it is not reached by a request that breaks one of them. */
export function operation<S extends StructureShape>(
  input: S,
  act: (input: InputOf<S>, call: Call) => Promise<Answer>,
): Operation {
  return {
    input,
    async run(body, call) {
      const checked = check(input, body);
      switch (checked.kind) {
        case 'ok':
          return act(checked.input, call);
        case 'wrong-type':
          return refused('SerializationException', checked.message);
        case 'invalid':
          return refused('InvalidRequestException', checked.message);
      }
    },
  };
}

export const answered = (output: Output): Answered => ({ kind: 'answered', output });

export const refused = (name: WireErrorName, message: string): Refused => ({
  kind: 'refused',
  error: { name, message },
});

import type { WireErrorName } from '#lib/wire/errors.ts';
import type { Signer } from './stage.ts';

/** One step of the script that every client plays: a call, or what a game server does meanwhile. */
export type Step = Call | ServerStep;

export type Call = {
  /** What happens, unlike that of any other step. */
  readonly name: string;
  readonly operation: string;
  /** Members of the service model, with references to what earlier steps were answered. */
  readonly input: object;
  /** The error that it ends in. Without one it is answered. */
  readonly refusal?: WireErrorName;
  /** Some of what the answer has to hold. */
  readonly shows?: object;
  /** Who signs it: an admin, unless it says another. */
  readonly by?: Signer;
  /** How far the clock is turned before it, milliseconds. */
  readonly after?: number;
};

/** No operation lets a player in or out: game servers do. */
export type ServerStep = {
  readonly name: string;
  readonly gameServer: 'accepts' | 'removes';
  readonly playerSessionId: Reference;
};

/** A value out of an earlier step's answer, for the input of a later one. */
export class Reference {
  readonly step: string;
  readonly path: string;

  constructor(step: string, path: string) {
    this.step = step;
    this.path = path;
  }
}

/** @param path such as `PlayerSessions.0.PlayerSessionId` */
export const from = (step: string, path: string): Reference => new Reference(step, path);

/** The input with values in the place of its references. A reference that leads nowhere throws. */
export function resolve(value: unknown, outputs: ReadonlyMap<string, unknown>): unknown {
  if (value instanceof Reference) return find(value, outputs);
  if (Array.isArray(value)) return value.map((entry) => resolve(entry, outputs));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolve(member, outputs)]));
}

function find({ step, path }: Reference, outputs: ReadonlyMap<string, unknown>): unknown {
  const found = path.split('.').reduce(memberOf, outputs.get(step));
  if (found === undefined) throw new Error(`"${step}" was answered without ${path}`);
  return found;
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

import type { Limit } from './limit.ts';

/** One member of an operation's input. */
export type Member = {
  readonly operation: string;
  /** Where messages find it. */
  readonly path: string;
  /** Whether it is an entry of a list or a map, which has no name of its own. */
  readonly isEntry: boolean;
  readonly isRequired: boolean;
  readonly limit: Limit;
  /** A request with this value in its place, and the others as they have to be. */
  readonly requestWith: (value: unknown) => object;
};

type Limits = Readonly<Record<string, Limit>>;

/**
 * Lists the members of one operation. `required` is the least request that can be read; with the members of `others`
 * beside them the operation has something to act on.
 */
export function operation(name: string, required: object, others: object = {}) {
  const usual = { ...others, ...required };
  const pathName = (member: string) => `${member.charAt(0).toLowerCase()}${member.slice(1)}`;
  return {
    members: (limits: Limits): readonly Member[] =>
      Object.entries(limits).map(([member, limit]) => ({
        operation: name,
        path: pathName(member),
        isEntry: false,
        isRequired: member in required,
        limit,
        requestWith: (value) => ({ ...usual, [member]: value }),
      })),

    /** The members of a structure within, of which `least` has what it requires, and `put` builds the members around. */
    structure: (
      path: string,
      { least, limits, put }: { least: object; limits: Limits; put: (structure: object) => object },
    ): readonly Member[] =>
      Object.entries(limits).map(([member, limit]) => ({
        operation: name,
        path: `${path}.${pathName(member)}`,
        isEntry: false,
        isRequired: member in least,
        limit,
        requestWith: (value) => ({ ...usual, ...put({ ...least, [member]: value }) }),
      })),

    /** What each entry of a list, or each key or value of a map, has to be. */
    entries: (path: string, limit: Limit, put: (entry: unknown) => object): Member => ({
      operation: name,
      path,
      isEntry: true,
      isRequired: false,
      limit,
      requestWith: (value) => ({ ...usual, ...put(value) }),
    }),
  };
}

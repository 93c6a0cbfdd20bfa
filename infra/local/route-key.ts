import * as v from 'valibot';

const json = v.pipe(v.string(), v.parseJson());
const withMembers = v.record(v.string(), v.unknown());

/**
 * The key of the route that a message in JSON names at this place; undefined where it names none. Routes of the gateway's
 * own, as `$connect`, cannot be named.
 */
export function routeKeyIn(message: string, path: readonly string[]): string | undefined {
  const parsed = v.safeParse(json, message);
  const named = path.reduce<unknown>((value, name) => {
    const members = v.safeParse(withMembers, value);
    return members.success ? members.output[name] : undefined;
  }, parsed.output);
  return typeof named === 'string' && !named.startsWith('$') ? named : undefined;
}

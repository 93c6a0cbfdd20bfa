import { wireErrors } from './errors.ts';
import { decodeJsonBody } from './json-body.ts';
import { isList, isStructure, type Output, type OutputValue } from './output.ts';
import type { Spelling } from './spelling.ts';

const contentType = 'application/json';

/**
 * JSON for people who have no SDK. Requests have the members of the service model. An answer is
 * `{"success": true, "data": {...}}` with names in snake_case and times in ISO 8601, an error
 * `{"success": false, "error": {...}}` with a code and the HTTP status that the code means.
 */
export const plainJson: Spelling = {
  contentType,
  headers: { 'content-type': contentType },
  decode: decodeJsonBody,
  encodeAnswer: (output) => ({
    status: 200,
    body: JSON.stringify({ success: true, data: spellThing(output) }),
  }),
  encodeError({ name, message }) {
    const { status, code } = wireErrors[name].plain;
    return { status, body: JSON.stringify({ success: false, error: { code, message } }) };
  },
};

/** Under which members an answer, or an entry of a list, holds the one thing that it is about. */
const thingMembers: ReadonlySet<string> = new Set([
  'GameSession',
  'PlayerSession',
  'Alias',
  'Location',
  'Compute',
  'FleetAttributes',
  'FleetCapacity',
  'FleetUtilization',
  'LocationState',
]);

/** By what a thing is known: the first that it has, since what it belongs to is named in it too. */
const identifiers = [
  'PlayerSessionId',
  'GameSessionId',
  'AliasId',
  'ComputeName',
  'FleetId',
  'LocationName',
  'Location',
] as const;

/**
 * Spells an answer or an entry of a list. If it is about one thing, the members of that thing take the place of the member
 * that holds it; `id` and `created_at` stand before them.
 */
function spellThing(output: Output): object {
  const members: Output = Object.fromEntries(
    Object.entries(output).flatMap(([name, value]) =>
      thingMembers.has(name) && isStructure(value) ? Object.entries(value) : [[name, value]],
    ),
  );
  const identifier = identifiers.find((name) => members[name] !== undefined);
  return spellMembers({
    id: identifier && members[identifier],
    created_at: members['CreationTime'],
    ...members,
  });
}

function spellMembers(structure: Output): object {
  return Object.fromEntries(
    Object.entries(structure).map(([name, value]) => [
      snakeCase(name),
      value === undefined ? undefined : spellValue(value),
    ]),
  );
}

function spellValue(value: OutputValue): unknown {
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z');
  if (isList(value))
    return value.map((entry) => (isStructure(entry) ? spellThing(entry) : spellValue(entry)));
  return isStructure(value) ? spellMembers(value) : value;
}

/** What snakeCase has made: of the member names of the service model, a few hundred. */
const snakeCaseNames = new Map<string, string>();

/** `GameSessionId` becomes `game_session_id`, and `UDPEndpoint` `udp_endpoint`. */
function snakeCase(name: string): string {
  const known = snakeCaseNames.get(name);
  if (known !== undefined) return known;
  const made = name.replace(/(?<=[a-z0-9])[A-Z]|(?<=[A-Z])[A-Z](?=[a-z])/g, '_$&').toLowerCase();
  snakeCaseNames.set(name, made);
  return made;
}

import type { WireErrorName } from '#lib/wire/errors.ts';
import type { Ending } from './sdk-client.ts';

/** An answer in plain JSON. */
export type PlainAnswer = { readonly status: number; readonly body: unknown };

/** The code and the HTTP status of each error that the script meets, as the documentation lists them. */
const codes: Partial<Record<WireErrorName, readonly [code: string, status: number]>> = {
  ConflictException: ['CONFLICT', 409],
  GameSessionFullException: ['GAME_SESSION_FULL', 409],
  IdempotentParameterMismatchException: ['IDEMPOTENT_PARAMETER_MISMATCH', 409],
  InvalidFleetStatusException: ['INVALID_FLEET_STATUS', 409],
  InvalidGameSessionStatusException: ['INVALID_GAME_SESSION_STATUS', 409],
  InvalidRequestException: ['VALIDATION_ERROR', 400],
  LimitExceededException: ['LIMIT_EXCEEDED', 429],
  NotFoundException: ['NOT_FOUND', 404],
  TerminalRoutingStrategyException: ['TERMINAL_ROUTING_STRATEGY', 409],
  ApiNotSupportedException: ['OPERATION_NOT_OFFERED', 404],
  SerializationException: ['VALIDATION_ERROR', 400],
  AccessDeniedException: ['ACCESS_DENIED', 403],
  UnrecognizedClientException: ['UNKNOWN_ACCESS_KEY', 401],
  InvalidSignatureException: ['INVALID_SIGNATURE', 401],
};

/** What an answer or an entry of a list is about, where a member of its own holds that. */
const things = [
  'GameSession',
  'PlayerSession',
  'Alias',
  'Location',
  'Compute',
  'FleetAttributes',
  'FleetCapacity',
  'FleetUtilization',
  'LocationState',
];

/** By what it is called. */
const ids = [
  'PlayerSessionId',
  'GameSessionId',
  'AliasId',
  'ComputeName',
  'FleetId',
  'LocationName',
  'Location',
];

/** What an AWS SDK was told, as plain JSON tells it. */
export function inPlainJson(ending: Ending): PlainAnswer {
  if (ending.kind === 'answered') return { status: 200, body: { success: true, data: thing(ending.output) } };
  const [code, status] = Object.entries(codes).find(([name]) => name === ending.error)?.[1] ?? ['', 0];
  return { status, body: { success: false, error: { code, message: ending.message } } };
}

type Members = Readonly<Record<string, unknown>>;

function thing(given: object): Members {
  const held: Members = { ...given };
  let members: Members = held;
  for (const name of things) {
    const inner = held[name];
    if (!isMembers(inner)) continue;
    const { [name]: _, ...others } = members;
    members = { ...others, ...inner };
  }
  const id = ids.find((name) => name in members);
  return {
    ...(id === undefined ? {} : { id: members[id] }),
    ...('CreationTime' in members ? { created_at: plain(members['CreationTime']) } : {}),
    ...named(members),
  };
}

const named = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [snakeCase(name), plain(value)]));

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString().replace('.000', '');
  if (Array.isArray(value)) return value.map((entry) => (isMembers(entry) ? thing(entry) : plain(entry)));
  return isMembers(value) ? named(value) : value;
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** `MaximumPlayerSessionCount` becomes `maximum_player_session_count`, and `EC2InstanceType` `ec2_instance_type`. */
const snakeCase = (name: string): string =>
  name
    .split(/(?<=[a-z0-9])(?=[A-Z])/)
    .join('_')
    .toLowerCase();

import { createHash } from 'node:crypto';
import type { Resource } from '#lib/fleets/tags.ts';
import { sessionKeyLength, tokenLength } from '#lib/sessions/ids.ts';
import type { SeatAddress } from '#lib/sessions/release.ts';

/** Where this deployment is: what its ARNs say. */
export type Deployment = { readonly region: string; readonly accountId: string };

/** A game session's name in full. */
export type GameSessionName = { readonly fleetId: string; readonly location: string; readonly id: string };

const partitionOf = (region: string): string => {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
};

const arnPrefix = ({ region }: Deployment, accountId: string): string =>
  `arn:${partitionOf(region)}:gamelift:${region}:${accountId}:`;

export const fleetArn = (deployment: Deployment, fleetId: string): string =>
  `${arnPrefix(deployment, deployment.accountId)}fleet/${fleetId}`;

export const locationArn = (deployment: Deployment, name: string): string =>
  `${arnPrefix(deployment, deployment.accountId)}location/${name}`;

export const computeArn = (deployment: Deployment, name: string): string =>
  `${arnPrefix(deployment, deployment.accountId)}compute/${name}`;

/** An alias's ARN. The account in it is empty, as in GameLift's own. */
export const aliasArn = (deployment: Deployment, aliasId: string): string =>
  `${arnPrefix(deployment, '')}alias/${aliasId}`;

type ArnOf = (deployment: Deployment, id: string) => string;

const plainId = /^[A-Za-z0-9-]+$/;

/** What stands behind the prefix, where that can be an id: behind the ARNs of another deployment nothing is found. */
function idBehind(prefix: string, text: string, form: RegExp): string | undefined {
  const id = text.slice(prefix.length);
  return text.startsWith(prefix) && form.test(id) ? id : undefined;
}

const readId = (
  deployment: Deployment,
  arnOf: ArnOf,
  idOrArn: string,
  form: RegExp = plainId,
): string | undefined => idBehind(idOrArn.startsWith('arn:') ? arnOf(deployment, '') : '', idOrArn, form);

/** The fleet that an id or an ARN names. */
export const readFleetId = (deployment: Deployment, idOrArn: string): string | undefined =>
  readId(deployment, fleetArn, idOrArn);

/** The custom location that a name or an ARN names. */
export const readLocationName = (deployment: Deployment, nameOrArn: string): string | undefined =>
  readId(deployment, locationArn, nameOrArn);

/** The alias that an id or an ARN names. */
export const readAliasId = (deployment: Deployment, idOrArn: string): string | undefined =>
  readId(deployment, aliasArn, idOrArn);

/** The compute that a name or an ARN names, whatever fleet it is in. */
export const readComputeName = (deployment: Deployment, nameOrArn: string): string | undefined =>
  readId(deployment, computeArn, nameOrArn, /^[A-Za-z0-9-]+(\/[A-Za-z0-9-]+)?$/);

const taggable = [
  ['fleet', fleetArn],
  ['location', locationArn],
  ['alias', aliasArn],
] as const satisfies readonly (readonly [Resource['kind'], ArnOf])[];

/** The fleet, location or alias that an ARN names; undefined for any other ARN. */
export function readResourceArn(deployment: Deployment, arn: string): Resource | undefined {
  for (const [kind, arnOf] of taggable) {
    const id = idBehind(arnOf(deployment, ''), arn, plainId);
    if (id !== undefined) return { kind, id };
  }
  return undefined;
}

/** Whether a text is an ARN at all, of whatever it may be. */
export const isArn = (text: string): boolean => /^arn(:[^:\s]*){4}:\S+$/.test(text);

/** What a game session is called without its deployment: what is kept with each of its players. */
export const gameSessionReference = ({ fleetId, location, id }: GameSessionName): string =>
  `${fleetId}/${location}/${id}`;

/** The fleet in a reference. */
export const fleetIdIn = (reference: string): string => reference.slice(0, reference.indexOf('/'));

/** A game session's ARN, its GameSessionId. The account in it is empty, as in GameLift's own. */
export const gameSessionArn = (deployment: Deployment, reference: string): string =>
  `${arnPrefix(deployment, '')}gamesession/${reference}`;

/** The GameSessionId of a session as the core knows it. */
export const gameSessionId = (
  deployment: Deployment,
  { fleetId, location = '', id }: { fleetId: string; location?: string | undefined; id: string },
): string => gameSessionArn(deployment, gameSessionReference({ fleetId, location, id }));

/** The reference of the game session that an ARN of this deployment names; undefined for any other ARN. */
export function readGameSessionArn(deployment: Deployment, arn: string): string | undefined {
  const prefix = gameSessionArn(deployment, '');
  return arn.startsWith(prefix) ? arn.slice(prefix.length) : undefined;
}

const playerSessionPrefix = 'psess-';

/** A player session's id says where it is kept: finding it needs no index. */
export const playerSessionId = ({ sessionKey, token }: SeatAddress): string =>
  `${playerSessionPrefix}${sessionKey}${token}`;

/** The seat that a PlayerSessionId names; undefined where none can be called so. */
export function readPlayerSessionId(id: string): SeatAddress | undefined {
  const address = idBehind(playerSessionPrefix, id, /^[0-9A-Za-z]+$/);
  if (address?.length !== sessionKeyLength + tokenLength) return undefined;
  return { sessionKey: address.slice(0, sessionKeyLength), token: address.slice(sessionKeyLength) };
}

/**
 * A UUID for what a request makes and its caller has not named. It follows from the request, so that the retry of one
 * whose answer was lost finds what its first try made.
 */
export function requestUuid(requestToken: string): string {
  const hex = createHash('sha256').update(requestToken).digest('hex');
  // A UUID of version 8: made by a rule of the application's own.
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

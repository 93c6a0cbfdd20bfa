import { findNamedFleet } from '#functions/gamelift/find-fleet.ts';
import { gameSessionReference, requestUuid } from '#functions/gamelift/identifiers.ts';
import { type Answer, answered, operation, refused } from '#functions/gamelift/operation.ts';
import { noSuchAlias, noSuchFleet } from '#functions/gamelift/refusals.ts';
import {
  aliasIdOrArn,
  fleetIdOrArn,
  gameProperties,
  idString,
  locationString,
  nonEmptyString,
  wholeNumber,
} from '#functions/gamelift/shapes.ts';
import { spellGameSession } from '#functions/gamelift/spell.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import { maximumCapacity, maximumDataBytes, openSession } from '#lib/sessions/open.ts';
import { type InputOf, required, string, structure } from '#lib/wire/shapes.ts';

const input = structure({
  FleetId: fleetIdOrArn,
  AliasId: aliasIdOrArn,
  MaximumPlayerSessionCount: required(wholeNumber),
  Name: nonEmptyString,
  GameProperties: gameProperties,
  CreatorId: nonEmptyString,
  GameSessionId: idString,
  IdempotencyToken: idString,
  GameSessionData: string({ min: 1, max: 262_144, sensitive: true }),
  Location: locationString,
});

type Input = InputOf<typeof input>;

export const createGameSession = operation(input, async (request, call) => {
  const refusal = checkTogether(request);
  if (refusal !== undefined) return refusal;
  if (request.AliasId !== undefined) return noSuchAlias(request.AliasId);

  const asked = request.FleetId ?? '';
  const fleet = await findNamedFleet(call, asked);
  if (fleet === undefined) return noSuchFleet(asked);
  if (request.Location === undefined || !fleet.locations.includes(request.Location)) {
    const found = request.Location ?? 'none';
    const locations = fleet.locations.join(', ');
    return refused(
      'InvalidRequestException',
      `Location must be one of the fleet's, ${locations}, not ${found}.`,
    );
  }

  const token = request.IdempotencyToken ?? request.GameSessionId;
  const gameSessionName = {
    fleetId: fleet.fleetId,
    location: request.Location,
    id: token ?? `gsess-${requestUuid(call.requestToken)}`,
  };
  const outcome = await openSession(call, sessionKeyOf(gameSessionReference(gameSessionName)), {
    ...gameSessionName,
    capacity: request.MaximumPlayerSessionCount,
    name: request.Name,
    creatorId: request.CreatorId,
    properties: request.GameProperties?.map(({ Key, Value }) => ({ key: Key, value: Value })),
    data: request.GameSessionData,
  });
  switch (outcome.kind) {
    case 'opened':
      return answered({ GameSession: spellGameSession(call.deployment, outcome.session) });
    case 'too-large':
      return refused(
        'InvalidRequestException',
        `GameSessionData takes ${outcome.bytes} bytes in UTF-8, more than ${maximumDataBytes}.`,
      );
    case 'differs':
      return refused(
        'IdempotentParameterMismatchException',
        `A game session ${token ?? ''} exists in this location of the fleet, created with other parameters.`,
      );
  }
});

/** The rules that hold between members. */
function checkTogether(request: Input): Answer | undefined {
  if ((request.FleetId === undefined) === (request.AliasId === undefined)) {
    return refused('InvalidRequestException', 'Give either FleetId or AliasId, and not both.');
  }
  const { GameSessionId, IdempotencyToken } = request;
  if (GameSessionId !== undefined && IdempotencyToken !== undefined && GameSessionId !== IdempotencyToken) {
    return refused(
      'InvalidRequestException',
      'GameSessionId is an older name of IdempotencyToken: give one of them, or the same in both.',
    );
  }
  if (request.MaximumPlayerSessionCount > maximumCapacity) {
    return refused(
      'InvalidRequestException',
      `MaximumPlayerSessionCount must be at most ${maximumCapacity}, not ${request.MaximumPlayerSessionCount}.`,
    );
  }
  return undefined;
}

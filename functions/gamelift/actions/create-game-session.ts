import { findFleetOf } from '#functions/gamelift/find-fleet.ts';
import { type Answer, answered, type Call, operation, refused } from '#functions/gamelift/operation.ts';
import { needsLocationOfFleet, tooManySlots } from '#functions/gamelift/refusals.ts';
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
import { gameSessionReference, requestUuid } from '#functions/identifiers.ts';
import { hostedDataBytes, largestHostedData } from '#functions/server-events.ts';
import { tellOwed } from '#functions/tell-server.ts';
import { activationTimeOf } from '#lib/fleets/activation-time.ts';
import { idleTimeOf } from '#lib/fleets/idle-time.ts';
import { rejoinTimeOf } from '#lib/fleets/rejoin-time.ts';
import { reservationTimeOf } from '#lib/fleets/reservation-time.ts';
import { type Placement, placeSession } from '#lib/servers/place-session.ts';
import { type CreationRate, type OverLimit, usualCreationRate } from '#lib/sessions/creation-limit.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import { type FleetSettings, maximumCapacity, maximumDataBytes, openSession } from '#lib/sessions/open.ts';
import type { Fleet } from '#lib/table/fleet-items.ts';
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

  const found = await findFleetOf(call, request);
  if (found.kind === 'refused') return found;
  const { fleet } = found;
  if (request.Location === undefined || !fleet.locations.includes(request.Location)) {
    return needsLocationOfFleet(fleet.fleetId, fleet.locations, request.Location);
  }

  if (fleet.creationLimit !== undefined && request.CreatorId === undefined) {
    return refused(
      'InvalidRequestException',
      'CreatorId is required: the fleet has a ResourceCreationLimitPolicy, which counts by it.',
    );
  }

  const token = request.IdempotencyToken ?? request.GameSessionId;
  const gameSessionName = {
    fleetId: fleet.fleetId,
    location: request.Location,
    id: token ?? `gsess-${requestUuid(call.requestToken)}`,
  };
  const sessionKey = sessionKeyOf(gameSessionReference(gameSessionName));
  const wanted = {
    ...gameSessionName,
    capacity: request.MaximumPlayerSessionCount,
    name: request.Name,
    creatorId: request.CreatorId,
    properties: request.GameProperties?.map(({ Key, Value }) => ({ key: Key, value: Value })),
    data: request.GameSessionData,
  };
  const settings = {
    protection: fleet.protectionPolicy,
    reservationTime: reservationTimeOf(fleet),
    idleTime: idleTimeOf(fleet, call.idleTime),
    creationRate: creationRateOf(fleet),
  };
  const outcome = fleet.hosts
    ? await placeOnServer(call, fleet, { sessionKey, wanted }, settings)
    : await openSession(call, sessionKey, wanted, settings);
  switch (outcome.kind) {
    case 'refused':
      return outcome;
    case 'no-capacity':
      await call.meter({ PlacementsRefused: 1 });
      return refused(
        'FleetCapacityExceededException',
        `Unable to reserve a process on fleet ${fleet.fleetId}: none is free in ${request.Location}.`,
      );
    case 'opened':
      call.recentSearches.changed(fleet.fleetId, sessionKey);
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
    case 'over-limit':
      return overLimit(outcome);
    case 'contended':
      return refused(
        'ThrottlingException',
        'Too many game sessions are created with this CreatorId. Try again.',
      );
  }
});

/**
 * Opens a session on a free server process of a fleet that has computes, and tells that process. What it could not be told
 * now it is told at its next heartbeat.
 */
async function placeOnServer(
  call: Call,
  fleet: Fleet,
  placement: Omit<Placement, 'takenBy'>,
  settings: FleetSettings,
) {
  const { data } = placement.wanted;
  const bytes = data === undefined ? 0 : hostedDataBytes(data);
  if (bytes > largestHostedData) {
    return refused(
      'InvalidRequestException',
      `GameSessionData takes ${bytes} bytes as JSON, more than the ${largestHostedData} that fit into one message to a game server.`,
    );
  }
  const outcome = await placeSession(
    call,
    { ...placement, takenBy: call.newId() },
    { ...settings, activationTime: activationTimeOf(fleet), keepTime: rejoinTimeOf(fleet) },
  );
  if (outcome.kind === 'opened' && outcome.placedOn !== undefined) await tellOwed(call, outcome.placedOn);
  return outcome;
}

/** The rules that hold between members. */
function checkTogether(request: Input): Answer | undefined {
  const { GameSessionId, IdempotencyToken } = request;
  if (GameSessionId !== undefined && IdempotencyToken !== undefined && GameSessionId !== IdempotencyToken) {
    return refused(
      'InvalidRequestException',
      'GameSessionId is an older name of IdempotencyToken: give one of them, or the same in both.',
    );
  }
  if (request.MaximumPlayerSessionCount > maximumCapacity) {
    return tooManySlots(request.MaximumPlayerSessionCount);
  }
  return undefined;
}

/** How many game sessions a creator may create: what the fleet's policy says, or the usual where it has none. */
function creationRateOf({ creationLimit }: Fleet): CreationRate {
  if (creationLimit === undefined) return usualCreationRate;
  return { sessions: creationLimit.sessions, within: creationLimit.minutes * 60_000 };
}

function overLimit({ rate: { sessions, within }, freeAt }: OverLimit): Answer {
  const most = `${sessions} game ${sessions === 1 ? 'session' : 'sessions'} in ${within / 1_000} s`;
  return refused(
    'LimitExceededException',
    `One CreatorId may create ${most} in this fleet, and has. The next one may follow at ${new Date(freeAt).toISOString()}.`,
  );
}

import { createFleet } from './actions/create-fleet.ts';
import { createGameSession } from './actions/create-game-session.ts';
import { createLocation } from './actions/create-location.ts';
import { createPlayerSession } from './actions/create-player-session.ts';
import { createPlayerSessions } from './actions/create-player-sessions.ts';
import { describeFleetAttributes } from './actions/describe-fleet-attributes.ts';
import { describeGameSessions } from './actions/describe-game-sessions.ts';
import { describePlayerSessions } from './actions/describe-player-sessions.ts';
import { listFleets } from './actions/list-fleets.ts';
import { terminateGameSession } from './actions/terminate-game-session.ts';
import type { Operation } from './operation.ts';

/** The operations of the service model that Openslot offers, by name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    CreateFleet: createFleet,
    CreateGameSession: createGameSession,
    CreateLocation: createLocation,
    CreatePlayerSession: createPlayerSession,
    CreatePlayerSessions: createPlayerSessions,
    DescribeFleetAttributes: describeFleetAttributes,
    DescribeGameSessions: describeGameSessions,
    DescribePlayerSessions: describePlayerSessions,
    ListFleets: listFleets,
    TerminateGameSession: terminateGameSession,
  }),
);

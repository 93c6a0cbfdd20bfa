import type { Access } from '#lib/auth/roles.ts';
import { createAlias } from './actions/create-alias.ts';
import { createFleet } from './actions/create-fleet.ts';
import { createFleetLocations } from './actions/create-fleet-locations.ts';
import { createGameSession } from './actions/create-game-session.ts';
import { createLocation } from './actions/create-location.ts';
import { createPlayerSession } from './actions/create-player-session.ts';
import { createPlayerSessions } from './actions/create-player-sessions.ts';
import { deleteAlias } from './actions/delete-alias.ts';
import { deleteFleet } from './actions/delete-fleet.ts';
import { deleteFleetLocations } from './actions/delete-fleet-locations.ts';
import { deleteLocation } from './actions/delete-location.ts';
import { deregisterCompute } from './actions/deregister-compute.ts';
import { describeAlias } from './actions/describe-alias.ts';
import { describeCompute } from './actions/describe-compute.ts';
import { describeFleetAttributes } from './actions/describe-fleet-attributes.ts';
import { describeFleetLocationAttributes } from './actions/describe-fleet-location-attributes.ts';
import { describeFleetLocationCapacity } from './actions/describe-fleet-location-capacity.ts';
import { describeFleetLocationUtilization } from './actions/describe-fleet-location-utilization.ts';
import { describeGameSessionDetails } from './actions/describe-game-session-details.ts';
import { describeGameSessions } from './actions/describe-game-sessions.ts';
import { describePlayerSessions } from './actions/describe-player-sessions.ts';
import { describeRuntimeConfiguration } from './actions/describe-runtime-configuration.ts';
import { getComputeAuthToken } from './actions/get-compute-auth-token.ts';
import { getGameSessionLogUrl } from './actions/get-game-session-log-url.ts';
import { getPlayerConnectionDetails } from './actions/get-player-connection-details.ts';
import { listAliases } from './actions/list-aliases.ts';
import { listCompute } from './actions/list-compute.ts';
import { listFleets } from './actions/list-fleets.ts';
import { listLocations } from './actions/list-locations.ts';
import { listTagsForResource } from './actions/list-tags-for-resource.ts';
import { registerCompute } from './actions/register-compute.ts';
import { resolveAlias } from './actions/resolve-alias.ts';
import { searchGameSessions } from './actions/search-game-sessions.ts';
import { tagResource } from './actions/tag-resource.ts';
import { terminateGameSession } from './actions/terminate-game-session.ts';
import { untagResource } from './actions/untag-resource.ts';
import { updateAlias } from './actions/update-alias.ts';
import { updateFleetAttributes } from './actions/update-fleet-attributes.ts';
import { updateGameSession } from './actions/update-game-session.ts';
import { updateRuntimeConfiguration } from './actions/update-runtime-configuration.ts';
import type { Operation } from './operation.ts';

/** An operation and what a caller must be allowed to do for it. */
export type Offered = Operation & { readonly access: Access };

/** The operations of the service model that Openslot offers, by name. */
export const operations: ReadonlyMap<string, Offered> = new Map([
  ...granted('read', {
    DescribeAlias: describeAlias,
    DescribeCompute: describeCompute,
    DescribeFleetAttributes: describeFleetAttributes,
    DescribeFleetLocationAttributes: describeFleetLocationAttributes,
    DescribeFleetLocationCapacity: describeFleetLocationCapacity,
    DescribeFleetLocationUtilization: describeFleetLocationUtilization,
    DescribeGameSessionDetails: describeGameSessionDetails,
    DescribeGameSessions: describeGameSessions,
    DescribePlayerSessions: describePlayerSessions,
    DescribeRuntimeConfiguration: describeRuntimeConfiguration,
    GetGameSessionLogUrl: getGameSessionLogUrl,
    GetPlayerConnectionDetails: getPlayerConnectionDetails,
    ListAliases: listAliases,
    ListCompute: listCompute,
    ListFleets: listFleets,
    ListLocations: listLocations,
    ListTagsForResource: listTagsForResource,
    ResolveAlias: resolveAlias,
    SearchGameSessions: searchGameSessions,
  }),
  ...granted('play', {
    CreateGameSession: createGameSession,
    CreatePlayerSession: createPlayerSession,
    CreatePlayerSessions: createPlayerSessions,
    TerminateGameSession: terminateGameSession,
    UpdateGameSession: updateGameSession,
  }),
  ...granted('host', {
    DeregisterCompute: deregisterCompute,
    GetComputeAuthToken: getComputeAuthToken,
    RegisterCompute: registerCompute,
  }),
  ...granted('administer', {
    CreateAlias: createAlias,
    CreateFleet: createFleet,
    CreateFleetLocations: createFleetLocations,
    CreateLocation: createLocation,
    DeleteAlias: deleteAlias,
    DeleteFleet: deleteFleet,
    DeleteFleetLocations: deleteFleetLocations,
    DeleteLocation: deleteLocation,
    TagResource: tagResource,
    UntagResource: untagResource,
    UpdateAlias: updateAlias,
    UpdateFleetAttributes: updateFleetAttributes,
    UpdateRuntimeConfiguration: updateRuntimeConfiguration,
  }),
]);

function granted(
  access: Access,
  group: Readonly<Record<string, Operation>>,
): readonly (readonly [string, Offered])[] {
  return Object.entries(group).map(([name, operation]) => [name, { ...operation, access }]);
}

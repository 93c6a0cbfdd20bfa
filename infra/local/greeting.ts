import { region } from './account.ts';
import { firstLocation, serverFleetId } from './first-fleet.ts';
import type { LocalRun } from './start-local.ts';

/** What `npm start` prints when the service answers: all that a first request needs. */
export function greeting(
  {
    url,
    gameServerUrl,
    fleetId,
    accessKey,
  }: Pick<LocalRun, 'url' | 'gameServerUrl' | 'fleetId' | 'accessKey'>,
  { memory, seconds }: { readonly memory: boolean; readonly seconds: number },
): string {
  const { id, secret } = accessKey ?? { id: "'<access key>'", secret: "'<secret key>'" };
  const key = accessKey ? `${id}\n  secret key  ${secret}` : 'see npm run keys -- list';
  return `
Openslot is ready (${seconds.toFixed(1)} s)

  endpoint    ${url}
  servers     ${gameServerUrl}, for game servers; ${gameServerUrl.replace(/^ws/, 'wss')} for those that want TLS
  access key  ${key}
  region      ${region}
  fleet       ${fleetId} in ${firstLocation}; ${serverFleetId} for game servers
  data        ${memory ? 'in memory, gone when this ends' : 'kept in .openslot'}

With the AWS CLI:
  AWS_ACCESS_KEY_ID=${id} AWS_SECRET_ACCESS_KEY=${secret} aws gamelift create-game-session --fleet-id ${fleetId} --location ${firstLocation} --maximum-player-session-count 4 --region ${region} --endpoint-url ${url}

With curl:
  curl --aws-sigv4 aws:amz:${region}:gamelift --user ${id}:${secret} -H 'content-type: application/json' -d '{}' '${url}/?X-Amz-Target=GameLift.ListFleets'

For players and titles, a token and with it a game session of 4:
  TOKEN=$(npm run --silent token -- --xuid 2533274790395904 --gamertag Alice --title 1297287259)
  curl -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '{"maxPlayers":4}' ${url}/sessions

Ctrl-C stops it.
`;
}

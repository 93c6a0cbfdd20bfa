import { action, answered } from '#functions/game-servers/request.ts';
import { string, structure } from '#lib/wire/shapes.ts';

/**
 * Fleets here have no role in AWS whose credentials a process could get. An answer without an access key is how the SDKs are
 * told so on an Anywhere fleet: they say it to the game and do not ask again.
 */
export const getFleetRoleCredentials = action(
  structure({
    RoleArn: string({ max: 256 }),
    RoleSessionName: string({ max: 64 }),
  }),
  () => answered({ AccessKeyId: '' }),
);

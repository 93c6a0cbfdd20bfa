import {
  CreateAliasCommand,
  type CreateAliasInput,
  CreateFleetCommand,
  type CreateFleetInput,
  CreateLocationCommand,
  type FleetAttributes,
  type GameLiftClient,
} from '@aws-sdk/client-gamelift';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { LossyHttp } from './lossy-http.ts';
import { location, type Service } from './service.ts';

/** The ARN of a fleet or a location of the tests' deployment. */
export const arn = (resource: string): string => `arn:aws:gamelift:us-east-1:123456789012:${resource}`;

/** The pattern of a UUID in an id: a random one, or one that follows from the request. */
export const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';

/** Creates a fleet in the tests' location, or as the test asks for. */
export async function createFleet(
  { gameLift }: Pick<Service, 'gameLift'>,
  members: Partial<CreateFleetInput> = {},
): Promise<FleetAttributes & { readonly FleetId: string }> {
  const { FleetAttributes } = await gameLift.send(
    new CreateFleetCommand({
      Name: 'A fleet',
      ComputeType: 'ANYWHERE',
      Locations: [{ Location: location }],
      ...members,
    }),
  );
  if (FleetAttributes?.FleetId === undefined) throw new Error('The answer has no fleet');
  return { ...FleetAttributes, FleetId: FleetAttributes.FleetId };
}

/** Creates locations and gives their names. */
export async function createLocations(
  { gameLift }: Pick<Service, 'gameLift'>,
  ...names: string[]
): Promise<string[]> {
  await Promise.all(names.map((LocationName) => gameLift.send(new CreateLocationCommand({ LocationName }))));
  return names;
}

/** Creates an alias and gives its id. */
export async function createAlias(
  { gameLift }: Pick<Service, 'gameLift'>,
  RoutingStrategy: CreateAliasInput['RoutingStrategy'],
  members: Partial<CreateAliasInput> = {},
): Promise<string> {
  const { Alias } = await gameLift.send(
    new CreateAliasCommand({ Name: 'An alias', RoutingStrategy, ...members }),
  );
  if (Alias?.AliasId === undefined) throw new Error('The answer has no alias');
  return Alias.AliasId;
}

/** Sends a request whose first answer gets lost: the SDK tries again by itself, and its second answer arrives. */
export async function sendTwice<Answer>(
  service: Service,
  send: (gameLift: GameLiftClient) => Promise<Answer>,
  meanwhile: () => void | Promise<void> = () => undefined,
): Promise<Answer> {
  const http = new LossyHttp();
  const gameLift = service.client({
    requestHandler: http,
    retryStrategy: new ConfiguredRetryStrategy(3, () => 0),
  });
  http.losses = 1;
  http.meanwhile = meanwhile;
  const answer = await send(gameLift).finally(() => gameLift.destroy());
  if (http.sent !== 2) throw new Error(`The request was sent ${http.sent} times`);
  return answer;
}

import { answered, operation, refused } from '#functions/gamelift/operation.ts';
import { contended, needsLocationOfFleet, noSuchFleet } from '#functions/gamelift/refusals.ts';
import {
  computeName,
  dnsName,
  fleetIdOrArn,
  ipAddress,
  locationString,
  nonEmptyString,
} from '#functions/gamelift/shapes.ts';
import { spellCompute } from '#functions/gamelift/spell.ts';
import { readFleetId } from '#functions/identifiers.ts';
import { registerCompute as register } from '#lib/fleets/computes.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({
  FleetId: required(fleetIdOrArn),
  ComputeName: required(computeName),
  Location: locationString,
  IpAddress: ipAddress,
  DnsName: dnsName,
  CertificatePath: nonEmptyString,
});

/** A compute that is registered already is answered like a new one, as long as nothing about it has changed. */
export const registerCompute = operation(input, async (request, call) => {
  const { FleetId, ComputeName, Location, IpAddress, DnsName } = request;
  if (Location === undefined) {
    return refused('InvalidRequestException', "Location is required: it must be one of the fleet's.");
  }
  if (IpAddress === undefined && DnsName === undefined) {
    return refused('InvalidRequestException', 'Give IpAddress, DnsName or both: players connect there.');
  }
  const fleetId = readFleetId(call.deployment, FleetId);
  if (fleetId === undefined) return noSuchFleet(FleetId);

  const outcome = await register(call.table, {
    fleetId,
    name: ComputeName,
    location: Location,
    ipAddress: IpAddress,
    dnsName: DnsName,
    certificatePath: request.CertificatePath,
    createdAt: call.now,
  });
  switch (outcome.kind) {
    case 'registered':
      return answered({ Compute: spellCompute(call, outcome.compute) });
    case 'differs':
      return refused(
        'ConflictException',
        `Compute ${ComputeName} is registered in fleet ${FleetId} with other details. DeregisterCompute takes it out.`,
      );
    case 'not-in-fleet':
      return needsLocationOfFleet(fleetId, outcome.locations, Location);
    case 'no-fleet':
      return noSuchFleet(FleetId);
    case 'contended':
      return contended(FleetId);
  }
});

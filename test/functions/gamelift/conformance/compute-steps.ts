import { expect } from 'vitest';
import { unknownFleet } from './fleet-steps.ts';
import { from, type Step } from './step.ts';

/** A fleet whose sessions are to run on server processes. */
export const servers = from('a fleet for game servers is created', 'FleetAttributes.FleetId');

const rack = { FleetId: servers, ComputeName: 'rack-1', Location: 'custom-east', IpAddress: '10.0.0.1' };
const endpoint = 'ws://127.0.0.1/live';

const registrationSteps: readonly Step[] = [
  {
    name: 'a fleet for game servers is created',
    operation: 'CreateFleet',
    input: {
      Name: 'servers',
      ComputeType: 'ANYWHERE',
      Locations: [{ Location: 'custom-east' }],
      RuntimeConfiguration: { GameSessionActivationTimeoutSeconds: 90 },
    },
  },
  {
    name: 'a compute is registered',
    operation: 'RegisterCompute',
    input: { ...rack, DnsName: 'rack-1.example.com', CertificatePath: '/etc/game/cert.pem' },
    by: 'compute',
    shows: {
      Compute: {
        ComputeName: 'rack-1',
        ComputeArn: 'arn:aws:gamelift:us-east-1:123456789012:compute/rack-1',
        ComputeStatus: 'ACTIVE',
        DnsName: 'rack-1.example.com',
        GameLiftServiceSdkEndpoint: endpoint,
        IpAddress: '10.0.0.1',
        Location: 'custom-east',
      },
    },
    after: 1_500,
  },
  {
    name: 'a compute that starts again registers again',
    operation: 'RegisterCompute',
    input: { ...rack, DnsName: 'rack-1.example.com', CertificatePath: '/etc/game/cert.pem' },
    by: 'compute',
    shows: { Compute: { ComputeName: 'rack-1' } },
    after: 1_000,
  },
  {
    name: 'another compute is registered, known by its name alone',
    operation: 'RegisterCompute',
    input: { FleetId: servers, ComputeName: 'rack-2/blade-1', Location: 'custom-east', DnsName: 'rack-2' },
    shows: { Compute: { ComputeName: 'rack-2/blade-1' } },
  },
  {
    name: 'a compute cannot take the name of another one',
    operation: 'RegisterCompute',
    input: { ...rack, IpAddress: '10.0.0.2' },
    refusal: 'ConflictException',
  },
  {
    name: 'a compute needs an address',
    operation: 'RegisterCompute',
    input: { FleetId: servers, ComputeName: 'rack-3', Location: 'custom-east' },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a compute needs a location of its fleet',
    operation: 'RegisterCompute',
    input: { ...rack, ComputeName: 'rack-3', Location: 'custom-west' },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a compute needs a name of its form',
    operation: 'RegisterCompute',
    input: { ...rack, ComputeName: 'rack_3' },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a compute needs a fleet that exists',
    operation: 'RegisterCompute',
    input: { ...rack, FleetId: unknownFleet },
    refusal: 'NotFoundException',
  },
];

const descriptionSteps: readonly Step[] = [
  {
    name: 'a compute is described by its ARN',
    operation: 'DescribeCompute',
    input: { FleetId: servers, ComputeName: from('a compute is registered', 'Compute.ComputeArn') },
    by: 'read-only',
    shows: { Compute: { ComputeName: 'rack-1', GameLiftServiceSdkEndpoint: endpoint } },
  },
  {
    name: 'a compute that is not registered is not described',
    operation: 'DescribeCompute',
    input: { FleetId: servers, ComputeName: 'rack-3' },
    refusal: 'NotFoundException',
  },
  {
    name: 'the first of the computes is listed',
    operation: 'ListCompute',
    input: { FleetId: servers, Limit: 1 },
    shows: { ComputeList: [{ ComputeName: 'rack-1' }] },
  },
  {
    name: 'the second of the computes is listed',
    operation: 'ListCompute',
    input: { FleetId: servers, NextToken: from('the first of the computes is listed', 'NextToken') },
    shows: { ComputeList: [{ ComputeName: 'rack-2/blade-1' }] },
  },
  {
    name: 'no compute is impaired',
    operation: 'ListCompute',
    input: { FleetId: servers, ComputeStatus: 'IMPAIRED' },
    shows: { ComputeList: [] },
  },
  {
    name: 'computes of no fleet are not listed',
    operation: 'ListCompute',
    input: { FleetId: unknownFleet },
    refusal: 'NotFoundException',
  },
];

const tokenSteps: readonly Step[] = [
  {
    name: 'a compute asks for a token',
    operation: 'GetComputeAuthToken',
    input: { FleetId: servers, ComputeName: 'rack-1' },
    by: 'compute',
    shows: { ComputeName: 'rack-1', AuthToken: expect.stringMatching(/^[A-Za-z0-9-]{1,64}$/) },
  },
  {
    name: 'a compute that is not registered gets no token',
    operation: 'GetComputeAuthToken',
    input: { FleetId: servers, ComputeName: 'rack-3' },
    by: 'compute',
    refusal: 'NotFoundException',
  },
  {
    name: 'a compute is taken out',
    operation: 'DeregisterCompute',
    input: { FleetId: servers, ComputeName: 'rack-2/blade-1' },
    by: 'compute',
    shows: {},
  },
  {
    name: 'a compute cannot be taken out twice',
    operation: 'DeregisterCompute',
    input: { FleetId: servers, ComputeName: 'rack-2/blade-1' },
    refusal: 'NotFoundException',
  },
];

const activationSteps: readonly Step[] = [
  {
    name: 'a fleet tells the activation time that it was created with',
    operation: 'DescribeRuntimeConfiguration',
    input: { FleetId: servers },
    shows: { RuntimeConfiguration: { GameSessionActivationTimeoutSeconds: 90 } },
  },
  {
    name: 'a fleet gets another activation time',
    operation: 'UpdateRuntimeConfiguration',
    input: { FleetId: servers, RuntimeConfiguration: { GameSessionActivationTimeoutSeconds: 30 } },
    shows: { RuntimeConfiguration: { GameSessionActivationTimeoutSeconds: 30 } },
  },
  {
    name: 'a fleet is told of no processes to start',
    operation: 'UpdateRuntimeConfiguration',
    input: {
      FleetId: servers,
      RuntimeConfiguration: { ServerProcesses: [{ LaunchPath: '/game', ConcurrentExecutions: 1 }] },
    },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a fleet that does not exist has no activation time',
    operation: 'DescribeRuntimeConfiguration',
    input: { FleetId: unknownFleet },
    refusal: 'NotFoundException',
  },
];

export const computeSteps: readonly Step[] = [
  ...registrationSteps,
  ...descriptionSteps,
  ...tokenSteps,
  ...activationSteps,
];

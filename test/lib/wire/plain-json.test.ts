import { describe, expect, test } from 'vitest';
import { wireErrors } from '#lib/wire/errors.ts';
import type { Output } from '#lib/wire/output.ts';
import { plainJson } from '#lib/wire/plain-json.ts';

function dataOf(output: Output): unknown {
  const { status, body } = plainJson.encodeAnswer(output);
  const { success, data, ...more } = JSON.parse(String(body));
  expect({ status, success, more }).toEqual({ status: 200, success: true, more: {} });
  return data;
}

const CreationTime = new Date('2025-01-01T00:00:00Z');

describe('an answer in plain JSON', () => {
  test('about one thing is that thing, known by its id and created_at', () => {
    const { body } = plainJson.encodeAnswer({
      PlayerSession: {
        PlayerSessionId: 'psess-1',
        PlayerId: 'ada',
        GameSessionId: 'gsess-1',
        FleetId: 'fleet-1',
        CreationTime,
        Status: 'RESERVED',
        PlayerData: undefined,
      },
    });
    expect(body).toBe(
      '{"success":true,"data":{"id":"psess-1","created_at":"2025-01-01T00:00:00Z",' +
        '"player_session_id":"psess-1","player_id":"ada","game_session_id":"gsess-1","fleet_id":"fleet-1",' +
        '"creation_time":"2025-01-01T00:00:00Z","status":"RESERVED"}}',
    );
  });

  test.each<[string, Output, string]>([
    ['a player session', { PlayerSession: { GameSessionId: 'g', PlayerSessionId: 'p', FleetId: 'f' } }, 'p'],
    ['a game session', { GameSession: { FleetId: 'f', GameSessionId: 'g', Location: 'l' } }, 'g'],
    ['an alias', { Alias: { AliasId: 'a', RoutingStrategy: { FleetId: 'f' } } }, 'a'],
    ['a fleet', { FleetAttributes: { FleetId: 'f' }, LocationStates: [{ Location: 'l' }] }, 'f'],
    ['a fleet’s capacity', { FleetCapacity: { FleetId: 'f', Location: 'l' } }, 'f'],
    ['a fleet’s utilization', { FleetUtilization: { FleetId: 'f', Location: 'l' } }, 'f'],
    ['a compute', { Compute: { FleetId: 'f', ComputeName: 'c', Location: 'l' } }, 'c'],
    ['a location', { Location: { LocationName: 'l' } }, 'l'],
    ['what an alias leads to', { FleetId: 'f', FleetArn: 'arn' }, 'f'],
  ])('about %s has the id of no other thing', (_, output, id) => {
    expect(dataOf(output)).toMatchObject({ id });
  });

  test('has what the answer holds beside the thing', () => {
    expect(
      dataOf({ FleetAttributes: { FleetId: 'f' }, LocationStates: [{ Location: 'l', Status: 'ACTIVE' }] }),
    ).toEqual({ id: 'f', fleet_id: 'f', location_states: [{ id: 'l', location: 'l', status: 'ACTIVE' }] });
  });

  test('leaves what is inside of a thing in its place', () => {
    expect(
      dataOf({
        Alias: { AliasId: 'a', RoutingStrategy: { Type: 'SIMPLE', FleetId: 'f' } },
      }),
    ).toEqual({ id: 'a', alias_id: 'a', routing_strategy: { type: 'SIMPLE', fleet_id: 'f' } });
    expect(
      dataOf({
        GameSession: { GameSessionId: 'g', Location: 'l', GameProperties: [{ Key: 'k', Value: 'v' }] },
      }),
    ).toEqual({ id: 'g', game_session_id: 'g', location: 'l', game_properties: [{ key: 'k', value: 'v' }] });
  });

  test('that is a list has it under its plural name, with each thing spelled as it is alone', () => {
    const things = { GameSessions: [{ GameSessionId: 'g', CreationTime }, { GameSessionId: 'h' }] };
    expect(dataOf({ ...things, NextToken: 'more' })).toEqual({
      game_sessions: [
        {
          id: 'g',
          created_at: '2025-01-01T00:00:00Z',
          game_session_id: 'g',
          creation_time: '2025-01-01T00:00:00Z',
        },
        { id: 'h', game_session_id: 'h' },
      ],
      next_token: 'more',
    });
    expect(dataOf({ FleetIds: ['f', 'g'], NextToken: undefined })).toEqual({ fleet_ids: ['f', 'g'] });
    expect(dataOf({ FleetAttributes: [{ FleetId: 'f' }] })).toEqual({
      fleet_attributes: [{ id: 'f', fleet_id: 'f' }],
    });
  });

  test('has the details of a game session beside its members', () => {
    expect(
      dataOf({
        GameSessionDetails: [{ GameSession: { GameSessionId: 'g' }, ProtectionPolicy: 'NoProtection' }],
      }),
    ).toEqual({
      game_session_details: [{ id: 'g', game_session_id: 'g', protection_policy: 'NoProtection' }],
    });
  });

  test('may say nothing', () => {
    expect(dataOf({})).toEqual({});
  });

  test.each([
    ['2025-01-01T00:00:00.000Z', '2025-01-01T00:00:00Z'],
    ['2025-01-01T00:00:00.050Z', '2025-01-01T00:00:00.050Z'],
    ['1970-01-01T00:00:00.001Z', '1970-01-01T00:00:00.001Z'],
  ])('spells the time %s as %s, a fraction only where there is one', (time, spelled) => {
    expect(dataOf({ TerminationTime: new Date(time) })).toEqual({ termination_time: spelled });
  });

  test.each([
    ['Name', 'name'],
    ['IpAddress', 'ip_address'],
    ['PreSignedUrl', 'pre_signed_url'],
    ['ResourceARN', 'resource_arn'],
    ['EC2InstanceType', 'ec2_instance_type'],
    ['UDPEndpoint', 'udp_endpoint'],
    ['DESIRED', 'desired'],
  ])('spells %s as %s', (name, spelled) => {
    expect(dataOf({ [name]: 0, Inside: { [name]: '' }, List: [{ [name]: false }] })).toEqual({
      [spelled]: 0,
      inside: { [spelled]: '' },
      list: [{ [spelled]: false }],
    });
  });
});

describe('an error in plain JSON', () => {
  test('has a code and a message', () => {
    expect(plainJson.encodeError({ name: 'InvalidRequestException', message: 'No "Limit".' })).toEqual({
      status: 400,
      body: '{"success":false,"error":{"code":"VALIDATION_ERROR","message":"No \\"Limit\\"."}}',
    });
  });

  test('has a code of its own, and a status that means the same, for each of the others', () => {
    expect(Object.entries(wireErrors).map(([name, { plain }]) => [name, plain.status, plain.code])).toEqual([
      ['ConflictException', 409, 'CONFLICT'],
      ['FleetCapacityExceededException', 409, 'FLEET_CAPACITY_EXCEEDED'],
      ['GameSessionFullException', 409, 'GAME_SESSION_FULL'],
      ['IdempotentParameterMismatchException', 409, 'IDEMPOTENT_PARAMETER_MISMATCH'],
      ['InternalServiceException', 500, 'INTERNAL_ERROR'],
      ['InvalidFleetStatusException', 409, 'INVALID_FLEET_STATUS'],
      ['InvalidGameSessionStatusException', 409, 'INVALID_GAME_SESSION_STATUS'],
      ['InvalidRequestException', 400, 'VALIDATION_ERROR'],
      ['LimitExceededException', 429, 'LIMIT_EXCEEDED'],
      ['NotFoundException', 404, 'NOT_FOUND'],
      ['NotReadyException', 409, 'NOT_READY'],
      ['TaggingFailedException', 400, 'TAGGING_FAILED'],
      ['TerminalRoutingStrategyException', 409, 'TERMINAL_ROUTING_STRATEGY'],
      ['UnauthorizedException', 401, 'UNAUTHORIZED'],
      ['UnsupportedRegionException', 400, 'UNSUPPORTED_REGION'],
      ['UnknownOperationException', 404, 'UNKNOWN_OPERATION'],
      ['ApiNotSupportedException', 404, 'OPERATION_NOT_OFFERED'],
      ['SerializationException', 400, 'VALIDATION_ERROR'],
      ['MissingAuthenticationTokenException', 401, 'MISSING_AUTHENTICATION'],
      ['IncompleteSignatureException', 401, 'INCOMPLETE_SIGNATURE'],
      ['InvalidSignatureException', 401, 'INVALID_SIGNATURE'],
      ['UnrecognizedClientException', 401, 'UNKNOWN_ACCESS_KEY'],
      ['AccessDeniedException', 403, 'ACCESS_DENIED'],
      ['ThrottlingException', 429, 'THROTTLED'],
    ]);
  });
});

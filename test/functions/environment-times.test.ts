import { describe, expect, test } from 'vitest';
import { readEnvironment as readGameSessionsEnvironment } from '#functions/game-sessions/environment.ts';
import { readEnvironment as readGameLiftEnvironment } from '#functions/gamelift/environment.ts';

const variables = {
  TABLE_NAME: 'table',
  ACCESS_KEYS_SECRET: 'secret',
  ACCOUNT_ID: '123456789012',
  TOKEN_ISSUER: 'https://issuer.example',
  TOKEN_AUDIENCE: 'openslot',
  TOKEN_KEY_SET_URL: 'https://issuer.example/keys',
  RETENTION_SECONDS: '2592000',
  IDLE_SECONDS: '604800',
  GAME_SERVER_ENDPOINT: 'wss://servers.example/live',
  AWS_REGION: 'us-east-1',
};

describe.each([
  ['the GameLift function', readGameLiftEnvironment],
  ['the GameSession function', readGameSessionsEnvironment],
])('what the stack tells %s', (_, read) => {
  test('gives its times in seconds, which are milliseconds from then on', () => {
    expect(read(variables)).toMatchObject({ RETENTION_SECONDS: 2_592_000_000, IDLE_SECONDS: 604_800_000 });
  });

  test('names no idle time where sessions are never ended for that', () => {
    expect(read({ ...variables, IDLE_SECONDS: '' }).IDLE_SECONDS).toBeUndefined();
  });

  test.each([
    ['RETENTION_SECONDS', undefined],
    ['RETENTION_SECONDS', ''],
    ['RETENTION_SECONDS', '-1'],
    ['RETENTION_SECONDS', '1.5'],
    ['RETENTION_SECONDS', '1h'],
    ['IDLE_SECONDS', undefined],
    ['IDLE_SECONDS', 'never'],
    ['IDLE_SECONDS', ' '],
    ['IDLE_SECONDS', '1e3'],
  ])('may not have %s %s', (name, value) => {
    expect(() => read({ ...variables, [name]: value })).toThrow();
  });
});

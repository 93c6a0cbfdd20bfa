import { expect, test } from 'vitest';
import { readArguments } from '#infra/keys/arguments.ts';

const hour = 3_600_000;

test.each([
  ['list', { command: 'list' }],
  ['list --secret keys', { command: 'list', secret: 'keys' }],
  ['add --role game-backend', { command: 'add', role: 'game-backend' }],
  ['add --role=read-only --id BACKEND_1', { command: 'add', role: 'read-only', id: 'BACKEND_1' }],
  ['add --secret keys --role admin', { command: 'add', role: 'admin', secret: 'keys' }],
  ['rotate BACKEND', { command: 'rotate', id: 'BACKEND', grace: 24 * hour }],
  ['rotate BACKEND --grace 0', { command: 'rotate', id: 'BACKEND', grace: 0 }],
  ['rotate BACKEND --grace 90s', { command: 'rotate', id: 'BACKEND', grace: 90_000 }],
  ['rotate --grace 30m BACKEND', { command: 'rotate', id: 'BACKEND', grace: hour / 2 }],
  ['rotate BACKEND --grace 366d', { command: 'rotate', id: 'BACKEND', grace: 366 * 24 * hour }],
  ['revoke BACKEND', { command: 'revoke', id: 'BACKEND', force: false }],
  ['revoke BACKEND --force', { command: 'revoke', id: 'BACKEND', force: true }],
  [`revoke ${'X'.repeat(128)}`, { command: 'revoke', id: 'X'.repeat(128), force: false }],
])('%s is understood', (line, request) => {
  expect(readArguments(line.split(' '))).toEqual({ kind: 'request', request });
});

test.each(['--help', 'add --help', 'nonsense --help'])('%s asks for the usage', (line) => {
  expect(readArguments(line.split(' '))).toEqual({ kind: 'help' });
});

// What npm leaves of `npm run keys add --role admin`.
const behind = ': options go behind --, as in npm run keys -- add --role admin';

test.each([
  [[], 'Give a command: list, add, rotate or revoke'],
  [['remove'], "Give a command: list, add, rotate or revoke, not 'remove'"],
  [['--secret', 'keys'], "Give a command: list, add, rotate or revoke, not '--secret'"],
  [['list', 'BACKEND'], `Unexpected argument 'BACKEND'${behind}`],
  [['list', '--force'], "Unknown option '--force'"],
  [['list', '--secret'], "Option '--secret <value>' argument missing"],
  [['list', '--secret='], '--secret wants the name or the ARN of a secret'],
  [['add'], '--role wants one of admin, game-backend, compute, read-only'],
  [['add', '--role', 'Admin'], "--role wants one of admin, game-backend, compute, read-only, not 'Admin'"],
  [['add', 'admin'], `Unexpected argument 'admin'${behind}`],
  [['add', 'BACKEND', '--role', 'admin'], `Unexpected argument 'BACKEND'${behind}`],
  [
    ['add', '--role', 'admin', '--id', 'a/b'],
    "An access key id has 1 to 128 letters, digits and underscores, unlike 'a/b'",
  ],
  [
    ['add', '--role', 'admin', '--id', ''],
    "An access key id has 1 to 128 letters, digits and underscores, unlike ''",
  ],
  [['rotate'], 'Give the id of the access key'],
  [['rotate', 'A', 'B'], `Unexpected argument 'B'${behind}`],
  [['rotate', 'A', '--id', 'B'], "Unknown option '--id'"],
  [
    ['rotate', 'A', '--grace', 'soon'],
    "--grace wants a time such as 30m, 24h or 7d, of at most 366 days, not 'soon'",
  ],
  [
    ['rotate', 'A', '--grace', '24'],
    "--grace wants a time such as 30m, 24h or 7d, of at most 366 days, not '24'",
  ],
  [
    ['rotate', 'A', '--grace', '367d'],
    "--grace wants a time such as 30m, 24h or 7d, of at most 366 days, not '367d'",
  ],
  [
    ['rotate', 'A', '--grace=-1h'],
    "--grace wants a time such as 30m, 24h or 7d, of at most 366 days, not '-1h'",
  ],
  [['revoke'], 'Give the id of the access key'],
  [
    ['revoke', 'X'.repeat(129)],
    `An access key id has 1 to 128 letters, digits and underscores, unlike '${'X'.repeat(129)}'`,
  ],
  [['revoke', 'A', '--force=no'], "Option '--force' does not take an argument"],
])('%j is told what is wrong', (args, reason) => {
  expect(readArguments(args)).toEqual({ kind: 'wrong', reason });
});

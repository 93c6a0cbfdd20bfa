import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openApiFile, openApiText } from '#docs/open-api.ts';
import { documentedSample } from '#docs/open-api-operations.ts';
import { routeKeys } from '#functions/game-sessions/paths.ts';
import { type GameSessions, startGameSessions } from '#test/support/game-sessions.ts';
import { expectDescribed } from '#test/support/open-api.ts';

let service: GameSessions;
beforeAll(async () => {
  service = await startGameSessions();
});
afterAll(() => service.close());

const description: object = JSON.parse(openApiText());

const Operations = v.object({
  paths: v.record(
    v.string(),
    v.record(v.string(), v.object({ operationId: v.string(), summary: v.string() })),
  ),
});
const { paths } = v.parse(Operations, description);
const operations = Object.entries(paths).flatMap(([template, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    key: `${method.toUpperCase()} ${template}`,
    ...operation,
  })),
);

test('the file is what the schemas make of it: else run npm run docs', () => {
  expect(JSON.parse(readFileSync(openApiFile, 'utf8'))).toStrictEqual(description);
});

test('it is OpenAPI 3.1', async () => {
  const validator = new Validator();
  expect(await validator.validate(openApiText())).toMatchObject({ valid: true });
  expect(validator.version).toBe('3.1');
});

test('it has every route and no other, each by a name of its own', () => {
  expect(operations.map(({ key }) => key).toSorted()).toEqual([...routeKeys].toSorted());
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(routeKeys.length);
});

test('it gives sequence numbers 32 bits, wherever they are', () => {
  expect(openApiText()).not.toContain(String(Number.MAX_SAFE_INTEGER));
});

/** All that stands under a name, however deep. */
const everyOne = (name: string, within: unknown): readonly unknown[] =>
  typeof within === 'object' && within !== null
    ? Object.entries(within).flatMap(([key, value]: [string, unknown]) => [
        ...(key === name ? [value] : []),
        ...everyOne(name, value),
      ])
    : [];

test('what can stand in for a player whom a body does not name is not said of the players of a list', () => {
  const bodies = everyOne('requestBody', description);
  const listed = everyOne('items', bodies);
  expect(everyOne('xuid', listed)).toHaveLength(2);
  expect(everyOne('description', listed)).toEqual([]);
  expect(everyOne('description', everyOne('xuid', bodies))).not.toEqual([]);
});

test('it is served to everybody', async () => {
  const { status, headers, body } = await service.call('GET', '/openapi.json');
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('application/json');
  expect(body).toStrictEqual(description);
});

test('what writes it is no part of the function', () => {
  const code = readFileSync(path.join(inject('assembly'), 'bundles/game-sessions/index.js'), 'utf8');
  expect(code).toContain('urn:openslot:problem:');
  expect(code).not.toContain('cannot be converted to JSON Schema');
});

const headers = { 'content-type': 'application/json', etag: '"0-0"', location: '/sessions/some' };

test.each([
  ['with a status that the route has not', { status: 204 }],
  ['without a header', { headers: { 'content-type': 'application/json' } }],
  ['of another content type', { headers: { ...headers, 'content-type': 'text/json' } }],
  ['without a member', { body: { ...documentedSample, variant: undefined } }],
  ['with one too many', { body: { ...documentedSample, secret: 1 } }],
  ['with one of another type', { body: { ...documentedSample, titleId: '1' } }],
])('an answer %s is not as it says', (_, change) => {
  const whole = { status: 201, headers, body: documentedSample, ...change };
  expect(() =>
    expectDescribed('POST', '/sessions', { ...whole, text: JSON.stringify(whole.body) }),
  ).toThrow();
});

test('the documented sample is as it says', () => {
  const text = JSON.stringify(documentedSample);
  expect(() => expectDescribed('POST', '/sessions', { status: 201, headers, text })).not.toThrow();
});

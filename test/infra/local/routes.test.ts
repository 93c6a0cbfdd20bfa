import { describe, expect, inject, test } from 'vitest';
import { createRouter } from '#infra/local/routes.ts';
import { readStack } from '#infra/local/stack.ts';

const keys = [
  '$default',
  'ANY /{proxy+}',
  'GET /pets/{proxy+}',
  'GET /pets/dog/{id}',
  'ANY /pets/dog/1',
  'GET /pets/dog/1',
  'POST /',
  'GET /pets/{kind}/food',
  'PUT /only/{name}',
];
const routes = keys.map((key) => {
  const [method = '', path = ''] = key === '$default' ? ['ANY', key] : key.split(' ');
  return { method, path, functionId: key };
});

describe('a request takes the route', () => {
  test.each([
    ['GET', '/pets/dog/1', 'GET /pets/dog/1', {}],
    ['DELETE', '/pets/dog/1', 'ANY /pets/dog/1', {}],
    ['GET', '/pets/dog/2', 'GET /pets/dog/{id}', { id: '2' }],
    ['GET', '/pets/dog/food', 'GET /pets/dog/{id}', { id: 'food' }],
    ['GET', '/pets/cat/food', 'GET /pets/{kind}/food', { kind: 'cat' }],
    ['GET', '/pets/cat/1/tail', 'GET /pets/{proxy+}', { proxy: 'cat/1/tail' }],
    ['POST', '/pets/dog/2', 'ANY /{proxy+}', { proxy: 'pets/dog/2' }],
    ['POST', '/', 'POST /', {}],
    ['GET', '/', 'ANY /{proxy+}', { proxy: '' }],
    ['PUT', '/only/a%2Fb%20c', 'PUT /only/{name}', { name: 'a/b c' }],
    ['PUT', '/%6Fnly/me', 'PUT /only/{name}', { name: 'me' }],
    ['PUT', '/only/', 'ANY /{proxy+}', { proxy: 'only/' }],
    ['PUT', '/Only/me', 'ANY /{proxy+}', { proxy: 'Only/me' }],
  ])('%s %s: %s', (method, path, routeKey, pathParameters) => {
    expect(createRouter(routes)(method, path)).toMatchObject({ routeKey, pathParameters });
  });

  test.each([
    ['GET', '/sessions', 'GET /sessions', {}],
    ['PUT', '/sessions', 'ANY /sessions', {}],
    ['HEAD', '/sessions', 'ANY /sessions', {}],
    ['GET', '/sessions/702e5aaf', 'GET /sessions/{sessionId}', { sessionId: '702e5aaf' }],
    ['DELETE', '/sessions/702e5aaf', 'ANY /sessions/{proxy+}', { proxy: '702e5aaf' }],
    ['GET', '/sessions/a%2Fplayers', 'GET /sessions/{sessionId}', { sessionId: 'a/players' }],
    ['GET', '/sessions/a%3F%23%25', 'GET /sessions/{sessionId}', { sessionId: 'a?#%' }],
    [
      'DELETE',
      '/sessions/a/players/18446744073709551615',
      'DELETE /sessions/{sessionId}/players/{xuid}',
      { sessionId: 'a', xuid: '18446744073709551615' },
    ],
    ['PUT', '/sessions/a/players/1', 'ANY /sessions/{proxy+}', { proxy: 'a/players/1' }],
    ['GET', '/sessions/a/players/', 'ANY /sessions/{proxy+}', { proxy: 'a/players/' }],
    [
      'GET',
      '/sessions/a/queues/3/messages',
      'GET /sessions/{sessionId}/queues/{queueIndex}/messages',
      { sessionId: 'a', queueIndex: '3' },
    ],
    ['GET', '/sessions/a/queues/3/others', 'ANY /sessions/{proxy+}', { proxy: 'a/queues/3/others' }],
  ])('of the GameSession API: %s %s: %s', (method, path, routeKey, pathParameters) => {
    const { routes } = readStack(inject('assembly'));
    expect(createRouter(routes)(method, path)).toMatchObject({ routeKey, pathParameters });
  });

  test.each(['/session', '/sessionsx', '/Sessions', '/openapi'])(
    'beside the GameSession API there is none: GET %s',
    (path) => {
      expect(createRouter(readStack(inject('assembly')).routes)('GET', path)).toBeUndefined();
    },
  );

  test('in whatever order the routes are declared', () => {
    expect(createRouter(routes.toReversed())('GET', '/pets/dog/1')?.routeKey).toBe('GET /pets/dog/1');
  });

  test('$default when no other fits', () => {
    const few = routes.filter(({ path }) => path === '$default' || path === '/pets/dog/{id}');
    expect(createRouter(few)('GET', '/elsewhere')).toMatchObject({
      routeKey: '$default',
      pathParameters: {},
    });
  });

  test('or none', () => {
    expect(createRouter([{ method: 'POST', path: '/', functionId: 'f' }])('GET', '/')).toBeUndefined();
    expect(createRouter([{ method: 'POST', path: '/a', functionId: 'f' }])('POST', '/a/')).toBeUndefined();
  });
});

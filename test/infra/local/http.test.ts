import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LocalRoute } from '#infra/local/apis.ts';
import { FunctionFailedError, FunctionTimedOutError } from '#infra/local/function-errors.ts';
import type { Invoke } from '#infra/local/gateway.ts';
import { serveHttp } from '#infra/local/http.ts';
import { connecting, otherAddresses } from './outside.ts';

const route: LocalRoute = { method: 'ANY', path: '/door/{name}', functionId: 'Door' };

async function serve(
  invoke: Invoke,
  routes: readonly LocalRoute[] | Promise<readonly LocalRoute[]> = [route],
) {
  const gateway = await serveHttp({ port: 0, routes, invoke });
  onTestFinished(() => gateway.close());
  return gateway;
}

const answerOf = async (answer: Response) => [answer.status, await answer.json()];

describe('the gateway', () => {
  test("hands the function behind the route the request as an event, and its caller the function's answer", async () => {
    const calls: [string, APIGatewayProxyEventV2, string][] = [];
    const { url } = await serve(async (...call) => {
      calls.push(call);
      return {
        statusCode: 201,
        headers: { 'x-a': '1' },
        cookies: ['a=b', 'c=d'],
        body: 'vw==',
        isBase64Encoded: true,
      };
    });
    const answer = await fetch(`${url}/door/main?x=1`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"a":"é"}',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-a')).toBe('1');
    expect(answer.headers.getSetCookie()).toEqual(['a=b', 'c=d']);
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(new Uint8Array([0xbf]));

    const [[functionId, event, requestId] = []] = calls;
    expect(functionId).toBe('Door');
    expect(event).toMatchObject({
      routeKey: 'ANY /door/{name}',
      rawQueryString: 'x=1',
      pathParameters: { name: 'main' },
      requestContext: { http: { method: 'PUT', path: '/door/main', sourceIp: '127.0.0.1' } },
      body: '{"a":"é"}',
      isBase64Encoded: false,
    });
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('hands on the headers by which callers and functions agree', async () => {
    const asked = {
      authorization: 'Bearer a.b.c',
      'if-match': '"3-0", "4-1"',
      'if-none-match': '*',
      'idempotency-key': 'my-first',
    };
    const answered = {
      allow: 'GET, POST',
      'cache-control': 'private, no-cache',
      etag: '"3-0"',
      location: '/sessions/702e5aaf',
      'www-authenticate': 'Bearer realm="openslot", error="invalid_token"',
    };
    let received: Record<string, string | undefined> = {};
    const { url } = await serve(async (_, { headers }) => {
      received = headers;
      return { statusCode: 401, headers: answered, body: '{}' };
    });
    const answer = await fetch(`${url}/door/x`, { headers: asked });
    await answer.text();
    expect(received).toMatchObject(asked);
    expect(Object.fromEntries(answer.headers)).toMatchObject(answered);
  });

  test.each([
    [204, 'DELETE'],
    [304, 'GET'],
  ])(
    'answers %s with neither a body nor its type nor its length, and the connection goes on',
    async (statusCode, method) => {
      const { url } = await serve(async () => ({
        statusCode,
        headers: { etag: '"3-0"' },
        body: 'never sent',
      }));
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      onTestFinished(() => agent.destroy());
      const ports = new Set<number | undefined>();
      for (let count = 0; count < 2; count++) {
        const answer = await responseTo(request(`${url}/door/x`, { method, agent }).end());
        ports.add(answer.socket.localPort);
        expect([answer.statusCode, await text(answer)]).toEqual([statusCode, '']);
        expect(answer.headers).toMatchObject({ etag: '"3-0"' });
        for (const name of ['content-type', 'content-length', 'transfer-encoding']) {
          expect(answer.headers).not.toHaveProperty(name);
        }
      }
      expect(ports.size).toBe(1);
    },
  );

  test.each([
    ['PATCH', '{"isClosed":true}'],
    ['DELETE', '{"xuid":1}'],
    ['DELETE', undefined],
    ['GET', undefined],
  ])('hands on a %s with the body %s', async (method, body) => {
    const { url } = await serve(async (_, event) => ({ statusCode: 200, body: JSON.stringify(event) }));
    // Without a length, the client sends the body of a DELETE as if it were another request.
    const framing = { 'content-type': 'application/json', 'content-length': body?.length };
    const headers = body === undefined ? {} : framing;
    const sending = request(`${url}/door/x`, { method, headers });
    const event: APIGatewayProxyEventV2 = JSON.parse(await text(await responseTo(sending.end(body))));
    expect(event.requestContext.http.method).toBe(method);
    expect(event.body).toBe(body);
    expect('body' in event).toBe(body !== undefined);
  });

  test('hands on path variables decoded, once', async () => {
    const { url } = await serve(async (_, event) => ({ statusCode: 200, body: JSON.stringify(event) }));
    const answer = await fetch(`${url}/door/a%2Fb%20%C3%A9%2525`);
    expect(await answer.json()).toMatchObject({
      routeKey: 'ANY /door/{name}',
      rawPath: '/door/a/b é%25',
      pathParameters: { name: 'a/b é%25' },
    });
  });

  test.each([
    ['nothing is declared', 'GET', '/elsewhere', 404, 'Not Found'],
    ['the path is no text', 'GET', '/door/%ff', 400, 'Bad Request'],
  ])('answers itself where %s', async (_, method, path, status, message) => {
    const { url } = await serve(async () => 'never');
    expect(await answerOf(await fetch(url + path, { method }))).toEqual([status, { message }]);
  });

  test.each([
    ['fails', () => Promise.reject(new FunctionFailedError('x')), 500, 'Internal Server Error'],
    ['times out', () => Promise.reject(new FunctionTimedOutError('x')), 503, 'Service Unavailable'],
    ['returns what is no answer', async () => ({ statusCode: 'many' }), 500, 'Internal Server Error'],
  ])('answers itself where the function %s', async (_, invoke, status, message) => {
    const { url } = await serve(invoke);
    expect(await answerOf(await fetch(`${url}/door/x`))).toEqual([status, { message }]);
  });

  test("waits for a function no longer than the integration's limit", async () => {
    const { url } = await serve(() => new Promise(() => {}), [{ ...route, timeoutMs: 20 }]);
    expect(await answerOf(await fetch(`${url}/door/x`))).toEqual([503, { message: 'Service Unavailable' }]);
  });

  const mebibyte = 1024 * 1024;
  test.each([
    ['text of 5 MB', 'text/plain', 5 * mebibyte, 200],
    ['text over 6 MB', 'text/plain', 6 * mebibyte, 413],
    ['bytes of 4 MB', 'application/cbor', 4 * mebibyte, 200],
    ['bytes of 5 MB, which is more as Base64', 'application/cbor', 5 * mebibyte, 413],
    ['bytes over 10 MB', 'application/cbor', 10 * mebibyte + 1, 413],
  ])('takes what Lambda takes: %s', async (_, type, bytes, status) => {
    const { url } = await serve(async () => ({ statusCode: 200, body: '{}' }));
    const answer = await fetch(`${url}/door/x`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: 'x'.repeat(bytes),
    });
    const refusal = status === 413 ? { message: 'Request Entity Too Large' } : {};
    expect(await answerOf(answer)).toEqual([status, refusal]);
  });

  test('refuses a body that turns out too large without its length being told', async () => {
    const { url } = await serve(async () => 'never');
    const sending = request(`${url}/door/x`, { method: 'POST' });
    for (let sent = 0; sent <= 10; sent++) sending.write(Buffer.alloc(mebibyte));
    const answer = await responseTo(sending.end());
    expect([answer.statusCode, await text(answer)]).toEqual([413, '{"message":"Request Entity Too Large"}']);
  });

  test('keeps connections open', async () => {
    const { url } = await serve(async () => 'ok');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const ports = new Set<number | undefined>();
    for (let count = 0; count < 3; count++) {
      const answer = await responseTo(request(`${url}/door/x`, { agent }).end());
      ports.add(answer.socket.localPort);
      await text(answer);
    }
    expect(ports.size).toBe(1);
  });

  test('lets requests wait for routes that are not there yet', async () => {
    const routes = Promise.withResolvers<readonly LocalRoute[]>();
    const { url } = await serve(async () => 'ready', routes.promise);
    const early = fetch(`${url}/door/x`);
    routes.resolve([route]);
    expect(await (await early).text()).toBe('ready');
  });

  test('says in one line that its port is taken', async () => {
    const { url } = await serve(async () => 'first');
    const port = Number(new URL(url).port);
    await expect(serveHttp({ port, routes: [], invoke: async () => 'second' })).rejects.toThrow(
      new RegExp(`^Port ${port} is taken: .*--port$`),
    );
  });

  test('is not reachable from outside this machine', async () => {
    const port = Number(new URL((await serve(async () => 'x')).url).port);
    await connecting('127.0.0.1', port);
    for (const address of otherAddresses()) {
      await expect(connecting(address, port), address).rejects.toThrow('ECONNREFUSED');
    }
  });

  test('answers what is under way before it closes, and then keeps no connection open', async () => {
    const begun = Promise.withResolvers<void>();
    const result = Promise.withResolvers<string>();
    const gateway = await serve(() => {
      begun.resolve();
      return result.promise;
    });
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const answering = responseTo(request(`${gateway.url}/door/x`, { agent }).end());
    await begun.promise;
    const closed = gateway.close();
    result.resolve('finished');
    const answer = await answering;
    expect([answer.headers.connection, await text(answer)]).toEqual(['close', 'finished']);
    await closed;
  });
});

async function responseTo(sending: ClientRequest): Promise<IncomingMessage> {
  const [response] = await once(sending, 'response');
  return response;
}

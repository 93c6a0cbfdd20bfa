import { describe, expect, test } from 'vitest';
import { gatewayAnswer } from '#infra/local/gateway-answer.ts';

describe("a function's result becomes an answer", () => {
  test.each([
    ['a text', 'hello', 'hello'],
    ['an object', { message: 'hello' }, '{"message":"hello"}'],
    ['a list', [1, 2], '[1,2]'],
    ['nothing', undefined, 'null'],
  ])('200 with JSON, when it has no status code: %s', (_, result, body) => {
    expect(gatewayAnswer(result)).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body,
    });
  });

  test('of its own status, headers and cookies', () => {
    const result = {
      statusCode: 201,
      headers: { 'X-Count': 3, 'Content-Type': 'a/b' },
      cookies: ['a=b', 'c=d'],
    };
    expect(gatewayAnswer(result)).toEqual({
      statusCode: 201,
      headers: { 'x-count': '3', 'content-type': 'a/b', 'set-cookie': ['a=b', 'c=d'] },
      body: '',
    });
  });

  test('of the bytes, when they are Base64', () => {
    const answer = gatewayAnswer({ statusCode: 200, body: 'vw==', isBase64Encoded: true });
    expect(answer?.body).toEqual(Buffer.from([0xbf]));
  });

  test('of plain text, when it names no type', () => {
    expect(gatewayAnswer({ statusCode: 200, body: 'x' })?.headers).toEqual({
      'content-type': 'text/plain;charset=UTF-8',
    });
  });

  test('without the headers that frame the body', () => {
    const headers = { 'Content-Length': '999', 'Transfer-Encoding': 'chunked', Connection: 'close' };
    expect(gatewayAnswer({ statusCode: 204, headers })?.headers).not.toHaveProperty('content-length');
    expect(gatewayAnswer({ statusCode: 204, headers })?.headers).not.toHaveProperty('transfer-encoding');
    expect(gatewayAnswer({ statusCode: 204, headers })?.headers).not.toHaveProperty('connection');
  });

  test.each([204, 304])('without a type of its own where %s has no body', (statusCode) => {
    expect(gatewayAnswer({ statusCode, headers: { ETag: '"3-0"' } })).toEqual({
      statusCode,
      headers: { etag: '"3-0"' },
      body: '',
    });
  });

  test.each([
    ['a status that is none', { statusCode: 'many' }],
    ['a status out of range', { statusCode: 99 }],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
    ['a header that HTTP does not allow', { statusCode: 200, headers: { 'a b': 'c' } }],
    ['a header of two lines', { statusCode: 200, headers: { a: 'b\r\nc: d' } }],
    ['headers that are lists', { statusCode: 200, headers: { a: ['b'] } }],
  ])('or none, when it makes no HTTP answer: %s', (_, result) => {
    expect(gatewayAnswer(result)).toBeUndefined();
  });
});

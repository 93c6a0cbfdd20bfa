import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as v from 'valibot';
import { listenOnLoopback } from '#infra/local/http.ts';
import { stubAnswer } from './aws-stub.ts';
import { answerQuestions } from './own-process.ts';

/** The stub over HTTP, for bundles that reach AWS as they do on Lambda. */
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  buffer(request)
    .then((sent) => stubAnswer(String(request.headers['x-amz-target']), sent))
    .then(({ contentType, body }) =>
      response.writeHead(200, { 'content-type': contentType, 'content-length': body.length }).end(body),
    )
    .catch(() => response.destroy());
});
const port = listenOnLoopback(server, 0);

answerQuestions(v.literal('endpoint'), async () => `http://127.0.0.1:${await port}`);

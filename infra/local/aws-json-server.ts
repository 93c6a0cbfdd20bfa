import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { closeAtOnce, listenOnLoopback } from './http.ts';

export type AwsJsonServer = { readonly endpoint: string; close(): Promise<void> };

export type OperationAnswer =
  | { readonly kind: 'output'; readonly output: unknown }
  /** `type` is the exception that the SDK throws. */
  | { readonly kind: 'refused'; readonly type: string; readonly message: string };

/** Operations by their `X-Amz-Target`. */
export type Operations = ReadonlyMap<string, (input: unknown) => Promise<OperationAnswer>>;

/** Stands in for AWS services that speak AWS JSON 1.1, on 127.0.0.1 alone. Whoever asks is believed. */
export async function serveAwsJson(operations: Operations): Promise<AwsJsonServer> {
  const server = createServer((request, response) => {
    answer(request, operations)
      .then((answered) => {
        const [status, body] =
          answered.kind === 'output'
            ? [200, answered.output]
            : [400, { __type: answered.type, message: answered.message }];
        response
          .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
          .end(JSON.stringify(body));
      })
      .catch(() => response.destroy());
  });
  const port = await listenOnLoopback(server, 0);
  return { endpoint: `http://127.0.0.1:${port}`, close: () => closeAtOnce(server) };
}

async function answer(request: IncomingMessage, operations: Operations): Promise<OperationAnswer> {
  const input = v.safeParse(v.pipe(v.string(), v.parseJson()), await text(request));
  const operation = operations.get(String(request.headers['x-amz-target']));
  if (operation === undefined) {
    const answered = [...operations.keys()].join(', ');
    return refused('UnknownOperationException', `The local run answers ${answered} and nothing else`);
  }
  if (!input.success) return refused('SerializationException', 'The request holds no JSON');
  return operation(input.output);
}

export function refused(type: string, message: string): OperationAnswer {
  return { kind: 'refused', type, message };
}

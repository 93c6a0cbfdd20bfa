import * as sdk from '@aws-sdk/client-gamelift';
import { HttpRequest, HttpResponse } from '@smithy/core/protocols';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import type { DeserializeMiddleware, FinalizeRequestMiddleware } from '@smithy/types';
import type { Sent } from './play.ts';
import { keys, type Signer, type Stage } from './stage.ts';

/** How a call ended, as the AWS SDK tells its caller. */
export type Ending =
  | { readonly kind: 'answered'; readonly output: object }
  | {
      readonly kind: 'refused';
      readonly error: string;
      readonly status: number | undefined;
      readonly message: string;
    };

/** As many tries as the SDK makes by itself, without its pauses. */
const retryStrategy = new ConfiguredRetryStrategy(3, () => 0);

/** Sends calls by the AWS SDK, with one client for each who signs them. `answeredIn` says in which spellings it was answered. */
export function sdkClient(stage: Stage, config: sdk.GameLiftClientConfig = {}) {
  const answeredIn = new Set<string | undefined>();
  const clientOf = (signer: Signer): sdk.GameLiftClient => {
    const client = stage.service.client({ ...config, credentials: keys[signer], retryStrategy });
    nameInvocations(client, stage);
    noteSpelling(client, answeredIn);
    return client;
  };
  const clients = {
    admin: clientOf('admin'),
    'game-backend': clientOf('game-backend'),
    compute: clientOf('compute'),
    'read-only': clientOf('read-only'),
    stranger: clientOf('stranger'),
    forger: clientOf('forger'),
  };
  return {
    answeredIn,
    async send({ operation, input, by }: Sent): Promise<Ending> {
      const command: unknown = Reflect.get(sdk, `${operation}Command`);
      if (typeof command !== 'function') throw new Error(`The AWS SDK has no ${operation}`);
      try {
        const { $metadata, ...output } = await clients[by].send(Reflect.construct(command, [input]));
        return { kind: 'answered', output };
      } catch (error) {
        if (!(error instanceof sdk.GameLiftServiceException)) throw error;
        return {
          kind: 'refused',
          error: error.name,
          status: error.$metadata.httpStatusCode,
          message: error.message,
        };
      }
    },
    close() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

/** Makes the id that the SDK gives each call follow from the step: game sessions and their like are called after it. */
function nameInvocations(client: sdk.GameLiftClient, { invocation }: Stage): void {
  const name: FinalizeRequestMiddleware<sdk.ServiceInputTypes, sdk.ServiceOutputTypes> = (next) => (sent) => {
    if (HttpRequest.isInstance(sent.request)) {
      sent.request.headers['amz-sdk-invocation-id'] = invocation();
    }
    return next(sent);
  };
  client.middlewareStack.addRelativeTo(name, {
    relation: 'before',
    toMiddleware: 'httpSigningMiddleware',
    name: 'nameInvocations',
  });
}

function noteSpelling(client: sdk.GameLiftClient, answeredIn: Set<string | undefined>): void {
  const note: DeserializeMiddleware<sdk.ServiceInputTypes, sdk.ServiceOutputTypes> =
    (next) => async (sent) => {
      const answer = await next(sent);
      if (HttpResponse.isInstance(answer.response)) answeredIn.add(answer.response.headers['content-type']);
      return answer;
    };
  client.middlewareStack.add(note, { step: 'deserialize', priority: 'low', name: 'noteSpelling' });
}

import type { Context } from 'aws-lambda';
import { accountId, partition, region } from './account.ts';

export type Invocation = {
  readonly functionName: string;
  readonly memoryMb: number;
  readonly requestId: string;
  /** Epoch milliseconds after which Lambda ends the invocation. */
  readonly deadline: number;
};

/** The second argument that Lambda gives a handler. */
export function lambdaContext({ functionName, memoryMb, requestId, deadline }: Invocation): Context {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:${partition}:lambda:${region}:${accountId}:function:${functionName}`,
    memoryLimitInMB: String(memoryMb),
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: notForAsyncHandlers,
    fail: notForAsyncHandlers,
    succeed: notForAsyncHandlers,
  };
}

function notForAsyncHandlers(): never {
  throw new Error('An async handler returns its result or throws: it calls neither done, fail nor succeed');
}

import * as v from 'valibot';
import { startLocal } from '#infra/local/start-local.ts';
import { answerQuestions } from './own-process.ts';

/** The service as `npm start -- --memory` runs it, but for what it does without being asked. */
const service = await startLocal({ port: 0, memory: true, isStill: true });

answerQuestions(
  v.literal('where'),
  async () => {
    const { url, tableName, dynamoDb } = service;
    return { url, tableName, dynamoDb: { endpoint: dynamoDb.endpoint, pid: dynamoDb.pid } };
  },
  service.stop,
);

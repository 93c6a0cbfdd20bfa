import type { HttpRequest, HttpResponse } from '@smithy/types';
import { localAccessKey } from '#infra/local/account.ts';

/**
 * Answers every write of DynamoDB with success, and Secrets Manager with the local access key: nothing but the SDK and
 * what is around it is left to measure.
 */
export const stubAnswer = (target: string): { readonly contentType: string; readonly body: Uint8Array } =>
  target.startsWith('secretsmanager.') ? secret : written;

const written = { contentType: 'application/x-amz-json-1.0', body: Buffer.from('{}') };

const secret = {
  contentType: 'application/x-amz-json-1.1',
  body: Buffer.from(
    JSON.stringify({ SecretString: JSON.stringify({ [localAccessKey.id]: localAccessKey.secret }) }),
  ),
};

/** The stub in the place of the SDK's HTTP layer. */
export const stubHandler = (observe: (request: HttpRequest) => void = () => {}) => ({
  async handle(request: HttpRequest): Promise<{ response: HttpResponse }> {
    observe(request);
    const { contentType, body } = stubAnswer(request.headers['x-amz-target'] ?? '');
    return { response: { statusCode: 200, headers: { 'content-type': contentType }, body } };
  },
  updateHttpClientConfig() {},
  httpHandlerConfigs: () => ({}),
});

import { type Answer, answered } from '#functions/game-sessions/answer.ts';

/**
 * The OpenAPI description of this API, for everybody. `npm run docs` writes it from the schemas that check the requests. It
 * is loaded when somebody asks for it: a cold start does not wait for it.
 */
export async function readOpenApi(): Promise<Answer> {
  const { default: description } = await import('#docs/openapi.json', { with: { type: 'json' } });
  return answered(200, description, { 'cache-control': 'public, max-age=300' });
}

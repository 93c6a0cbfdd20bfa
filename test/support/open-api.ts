import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import * as v from 'valibot';
import { openApiText } from '#docs/open-api.ts';
import { type RouteKey, routeKeys } from '#functions/game-sessions/paths.ts';

/** An answer as a client of the GameSession (JSON) API gets it. */
type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
};

const Response = v.object({
  headers: v.optional(v.record(v.string(), v.unknown()), {}),
  content: v.optional(v.record(v.string(), v.unknown()), {}),
});
const Description = v.object({
  paths: v.record(
    v.string(),
    v.record(
      v.string(),
      v.object({
        responses: v.record(v.string(), v.union([v.strictObject({ $ref: v.string() }), Response])),
      }),
    ),
  ),
  components: v.object({ responses: v.record(v.string(), Response) }),
});

const document: object = JSON.parse(openApiText());
const description = v.parse(Description, document);

const documentId = 'openapi.json';
const ajv = new Ajv2020({
  allErrors: true,
  // The description around the schemas is no schema.
  strictSchema: false,
  formats: {
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
    uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    int32: { type: 'number', validate: (number) => number >= -(2 ** 31) && number < 2 ** 31 },
    uint32: { type: 'number', validate: (number) => number >= 0 && number < 2 ** 32 },
    // What JSON.parse makes of it: some of the last digits may be lost.
    uint64: { type: 'number', validate: (number) => number >= 0 && number <= 2 ** 64 },
  },
});
ajv.addSchema(document, documentId, false, false);

/**
 * Throws unless the answer is one that the OpenAPI description gives to this request: with that status, with those headers,
 * and with a body of that type and schema. What is answered where there is no route must be a problem all the same.
 */
export function expectDescribed(method: string, path: string, reply: Reply): void {
  const faults = faultsOf(method, path, reply);
  if (faults.length > 0) {
    throw new Error(`${method} ${path} gives ${reply.status}: ${faults.join('; ')}\n${reply.text}`);
  }
}

function faultsOf(method: string, path: string, { status, headers, text }: Reply): readonly string[] {
  const place = placeOf(method, path, status);
  if (place === undefined) return ['no such answer is described'];
  const { response, pointer } = place;
  const missing = Object.keys(response.headers).filter((name) => headers[name.toLowerCase()] === undefined);
  const faults = missing.map((name) => `the header ${name} is missing`);
  const [contentType] = Object.keys(response.content);
  if (contentType === undefined) return text === '' ? faults : [...faults, 'no body is described'];
  if (headers['content-type'] !== contentType) faults.push(`the content type is ${headers['content-type']}`);
  const validate = validatorAt(`${pointer}/content/${asKey(contentType)}/schema`);
  if (!validate(JSON.parse(text))) faults.push(ajv.errorsText(validate.errors));
  return faults;
}

type Place = { readonly response: v.InferOutput<typeof Response>; readonly pointer: string };

function placeOf(method: string, path: string, status: number): Place | undefined {
  const [pathOnly = ''] = path.split('?');
  const key = routeKeys.find((routeKey) => takes(routeKey, method, pathOnly));
  if (key === undefined) return placeOfComponent({ 401: 'UNAUTHENTICATED', 404: 'NOT_FOUND' }[status]);
  const [, template = ''] = key.split(' ');
  const verb = method.toLowerCase();
  const response = description.paths[template]?.[verb]?.responses[status];
  if (response === undefined) return undefined;
  if ('$ref' in response) return placeOfComponent(response.$ref.split('/').at(-1));
  return { response, pointer: `/paths/${asKey(template)}/${verb}/responses/${status}` };
}

function placeOfComponent(name: string | undefined): Place | undefined {
  const response = description.components.responses[name ?? ''];
  return response && { response, pointer: `/components/responses/${name}` };
}

function takes(routeKey: string, method: string, path: string): boolean {
  const [known, template = ''] = routeKey.split(' ');
  const pattern = template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+');
  return known === method && new RegExp(`^${pattern}$`).test(path);
}

const asKey = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

const validators = new Map<string, ValidateFunction>();

/** Compiled once for each schema: there are as many as answers are described. */
function validatorAt(pointer: string): ValidateFunction {
  const known = validators.get(pointer);
  if (known !== undefined) return known;
  const validate = ajv.compile({ $ref: `${documentId}#${encodeURI(pointer)}` });
  validators.set(pointer, validate);
  return validate;
}

/** Whether the description allows this text as the body of a request. */
export function isDescribedBody(routeKey: RouteKey, text: string): boolean {
  const [method = '', template = ''] = routeKey.split(' ');
  const operation = `/paths/${asKey(template)}/${method.toLowerCase()}`;
  const validate = validatorAt(`${operation}/requestBody/content/application~1json/schema`);
  return validate(JSON.parse(text));
}

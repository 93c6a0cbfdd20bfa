import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type ConversionConfig,
  type JsonSchema,
  toJsonSchema,
  toJsonSchemaDefs,
} from '@valibot/to-json-schema';
import * as v from 'valibot';
import {
  GameMessage,
  GameSession,
  GameSessionSummary,
  Messages,
  Player,
  Players,
  ProblemDetails,
  Reservations,
  SessionPage,
} from '#functions/game-sessions/answers.ts';
import { members } from '#functions/game-sessions/members.ts';
import { routeKeys } from '#functions/game-sessions/paths.ts';
import { type ProblemCode, problemCodes, problemKinds } from '#functions/game-sessions/problems.ts';
import type { BodyForm, RouteInput } from '#functions/game-sessions/route.ts';
import { openApiRouteKey, routes } from '#functions/game-sessions/routes.ts';
import {
  type AnswerNote,
  commonProblems,
  documentedSample,
  headerNotes,
  introduction,
  memberNotes,
  type OperationNote,
  operationNotes,
  parameterNotes,
} from './open-api-operations.ts';

/**
 * The OpenAPI 3.1 description of the GameSession (JSON) API, made from the schemas that check its requests and those that
 * its answers are held to. `npm run docs` writes it to docs/openapi.json, which the service serves; a test fails while that
 * file is not as this would write it.
 */

/** Where the description is kept. */
export const openApiFile = path.join(import.meta.dirname, 'openapi.json');

/** The objects of the answers, by the names that they have in the description. */
const objects = {
  GameSession,
  GameSessionSummary,
  Player,
  GameMessage,
  SessionPage,
  Players,
  Reservations,
  Messages,
  ProblemDetails,
};

const Package = v.object({ version: v.string(), license: v.string() });
const packageJson = v.parse(
  Package,
  JSON.parse(readFileSync(path.join(import.meta.dirname, '../package.json'), 'utf8')),
);

const bearer = 'bearerToken';

/** The whole description, as the text of its file. */
export function openApiText(): string {
  const description = {
    openapi: '3.1.1',
    info: {
      title: 'Openslot: GameSession (JSON)',
      version: packageJson.version,
      description: introduction,
      license: { name: packageJson.license, identifier: packageJson.license },
    },
    servers: [{ url: '/' }],
    security: [{ [bearer]: [] }],
    paths: describePaths(),
    components: {
      securitySchemes: { [bearer]: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      responses: Object.fromEntries(problemCodes.map((code) => [code, describeProblems([code])])),
      schemas: describeObjects(),
    },
  };
  return `${JSON.stringify(description, undefined, 2)}\n`;
}

function describeObjects() {
  const schemas = toJsonSchemaDefs(objects, conversion);
  return { ...schemas, GameSession: { ...schemas.GameSession, examples: [documentedSample] } };
}

function describePaths() {
  const operations = routeKeys.map((key) => {
    const [method = '', template = ''] = key.split(' ');
    const operation =
      key === openApiRouteKey
        ? { ...describeOperation(operationNotes[key], {}, ['INTERNAL']), security: [] }
        : describeOperation(operationNotes[key], routes[key].input, commonProblems);
    return { template, method: method.toLowerCase(), operation };
  });
  const byPath = Map.groupBy(operations, ({ template }) => template);
  return Object.fromEntries(
    [...byPath].map(([template, those]) => [
      template,
      Object.fromEntries(those.map(({ method, operation }) => [method, operation])),
    ]),
  );
}

function describeOperation(note: OperationNote, input: RouteInput, common: readonly ProblemCode[]) {
  const absent: readonly ProblemCode[] = input.path === undefined ? [] : ['NOT_FOUND'];
  return {
    operationId: note.id,
    summary: note.summary,
    description: note.description,
    parameters: [
      ...describeParameters('path', input.path),
      ...describeParameters('query', input.query),
      ...describeParameters('header', input.headers),
    ],
    requestBody: input.body && describeBody(input.body),
    responses: {
      ...Object.fromEntries(
        Object.entries(note.answers).map(([status, answer]) => [status, describeAnswer(answer)]),
      ),
      ...describeRefusals([...common, ...absent, ...note.problems]),
    },
  };
}

function describeParameters(place: 'path' | 'query' | 'header', entries: v.ObjectEntries = {}) {
  return Object.entries(entries).map(([name, entry]) => ({
    name,
    in: place,
    required: isRequired(entry),
    description: parameterNotes[name],
    schema: describeText(entry),
  }));
}

/** A default that is read from text is a number too where the text is one. */
function describeText(entry: v.GenericSchema): JsonSchema {
  const schema = describe(entry);
  return schema.type === 'integer' && typeof schema.default === 'string'
    ? { ...schema, default: Number(schema.default) }
    : schema;
}

const isRequired = ({ type }: v.GenericSchema): boolean => type !== 'optional' && type !== 'exact_optional';

function describeBody(forms: readonly BodyForm[]) {
  const schemas = forms.map((form) => ({
    ...(form.for && { title: `With the token of a ${form.for}` }),
    ...withNotes(describe(members(form.entries))),
  }));
  const [only, ...others] = schemas;
  return {
    required: forms.every(({ entries }) => Object.values(entries).some(isRequired)),
    content: { 'application/json': { schema: others.length === 0 ? only : { anyOf: schemas } } },
  };
}

/** The schema with the notes on its members. Those of a list's entries need none: nothing stands in for them. */
function withNotes(schema: JsonSchema): JsonSchema {
  const noted = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const description = memberNotes[name];
    return [
      name,
      description === undefined || typeof member === 'boolean' ? member : { description, ...member },
    ];
  });
  return { ...schema, ...(schema.properties && { properties: Object.fromEntries(noted) }) };
}

const describeAnswer = ({ description, body, headers = [] }: AnswerNote) => ({
  description,
  headers: describeHeaders(headers),
  content: body && { 'application/json': { schema: describeObject(body) } },
});

const describeHeaders = (names: readonly (keyof typeof headerNotes)[]) =>
  names.length === 0
    ? undefined
    : Object.fromEntries(
        names.map((name) => [
          name,
          { description: headerNotes[name], required: true, schema: { type: 'string' } },
        ]),
      );

const reference = (name: keyof typeof objects) => ({ $ref: `#/components/schemas/${name}` });

function describeObject(name: NonNullable<AnswerNote['body']>): JsonSchema {
  switch (name) {
    case 'PlayerOrPlayers':
      return { anyOf: [reference('Player'), reference('Players')] };
    case 'OpenApi':
      return { type: 'object' };
    default:
      return reference(name);
  }
}

/** The problems by their status: one code has an answer among the components, and several are told apart in place. */
function describeRefusals(codes: readonly ProblemCode[]) {
  const byStatus = Map.groupBy(codes, (code) => problemKinds[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, those]) => {
      const [code, ...others] = those;
      const isOnly = others.length === 0;
      return [status, isOnly ? { $ref: `#/components/responses/${code}` } : describeProblems(those)];
    }),
  );
}

const problemHeaders: Partial<Record<ProblemCode, readonly (keyof typeof headerNotes)[]>> = {
  UNAUTHENTICATED: ['WWW-Authenticate'],
  PRECONDITION_FAILED: ['ETag'],
  THROTTLED: ['Retry-After'],
};

function describeProblems(codes: readonly ProblemCode[]) {
  return {
    description: codes.map((code) => `${code}: ${problemKinds[code].title}.`).join(' '),
    headers: describeHeaders(codes.flatMap((code) => problemHeaders[code] ?? [])),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [reference('ProblemDetails'), { type: 'object', properties: { code: { enum: codes } } }],
        },
      },
    },
  };
}

const conversion: ConversionConfig = {
  target: 'draft-2020-12',
  typeMode: 'input',
  // JSON Schema has no words for these: metadata beside them says as much as it can.
  ignoreActions: ['check', 'check_items'],
  overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
  // What members() makes is lazy, and would be described apart, under a number for a name.
  overrideSchema: ({ valibotSchema, jsonSchema, definitions }) =>
    valibotSchema.type === 'lazy' ? definitions[jsonSchema.$ref?.split('/').at(-1) ?? ''] : undefined,
};

function describe(schema: v.GenericSchema): JsonSchema {
  const { $schema: _, $defs: __, ...described } = toJsonSchema(schema, conversion);
  return described;
}

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import * as v from 'valibot';
import { describeEvent, detailTypes } from '#docs/event-schemas.ts';
import { eventSchemas } from '#functions/cleanup/on-change/event-schemas.ts';

/** An event as a rule of the bus hands it to a target. */
type Arrived = { readonly 'detail-type': string; readonly detail: unknown };

const ajv = new Ajv2020({
  allErrors: true,
  formats: {
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
    uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  },
});
const validators = new Map<string, ValidateFunction>(
  detailTypes.map((type) => [type, ajv.compile(describeEvent(type))]),
);
const schemas: Readonly<Record<string, v.GenericSchema>> = eventSchemas;

/** What is not as the JSON Schema of the event has it; a member that the schema does not know is. */
export function eventErrors({ 'detail-type': type, detail }: Arrived): readonly string[] {
  const [validate, schema] = [validators.get(type), schemas[type]];
  if (validate === undefined || schema === undefined) return [`No schema describes ${type}`];
  // What EventBridge carries is JSON.
  const sent: unknown = JSON.parse(JSON.stringify(detail));
  if (!validate(sent)) return [`${type}: ${ajv.errorsText(validate.errors)}`];
  const known = JSON.stringify(v.parse(schema, sent));
  return known === JSON.stringify(sent) ? [] : [`${type} has members beside ${known}`];
}

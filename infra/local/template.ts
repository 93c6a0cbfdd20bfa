import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { type Identities, resolve } from './intrinsics.ts';
import { LocalRunError } from './local-run-error.ts';

/** The name of the stack that infra/openslot-app.ts declares; its files in the cloud assembly begin with it. */
export const stackName = 'Openslot';

const resourceSchema = v.object({
  Type: v.string(),
  Properties: v.optional(v.record(v.string(), v.unknown()), {}),
  Condition: v.optional(v.string()),
});

const parameterSchema = v.object({ Type: v.string(), Default: v.optional(v.unknown()) });

const templateSchema = v.object({
  Parameters: v.optional(v.record(v.string(), parameterSchema), {}),
  Resources: v.record(v.string(), resourceSchema),
});

export type Resource = v.InferOutput<typeof resourceSchema> & { readonly id: string };

/** What whoever deploys may give a value. */
export type Parameter = v.InferOutput<typeof parameterSchema> & { readonly id: string };

export type LocalTemplate = {
  /** In the template's order. */
  readonly resources: readonly Resource[];
  readonly parameters: readonly Parameter[];
};

/** The synthesized template. */
export function readTemplate(outdir: string): LocalTemplate {
  const file = path.join(outdir, `${stackName}.template.json`);
  const { Parameters, Resources } = parseFile(templateSchema, file);
  const parameters = Object.entries(Parameters).map(([id, parameter]) => ({ ...parameter, id }));
  const resources = Object.entries(Resources).map(([id, resource]) => {
    if (resource.Condition !== undefined) {
      throw new LocalRunError(
        `${id} depends on the condition ${resource.Condition}: the local run knows no conditions`,
      );
    }
    return { ...resource, id };
  });
  return { resources, parameters };
}

/** From an asset's key in the deployment's bucket to its directory. */
export function readAssets(outdir: string): ReadonlyMap<string, string> {
  const schema = v.object({
    files: v.record(
      v.string(),
      v.object({
        source: v.object({ path: v.string() }),
        destinations: v.record(v.string(), v.object({ objectKey: v.string() })),
      }),
    ),
  });
  const { files } = parseFile(schema, path.join(outdir, `${stackName}.assets.json`));
  return new Map(
    Object.values(files).flatMap(({ source, destinations }) =>
      Object.values(destinations).map(
        ({ objectKey }) => [objectKey, path.join(outdir, source.path)] as const,
      ),
    ),
  );
}

/** What the local run reads of a kind of resource. */
export type PropertiesReader<Entries extends v.ObjectEntries> = {
  readonly read: Entries;
  /** Properties that make no difference on one machine. */
  readonly ignored: readonly string[];
};

/**
 * The properties of a resource that the local run reads, resolved and parsed.
 *
 * @throws LocalRunError for a property that is neither read nor known to make no difference.
 */
export function readProperties<Entries extends v.ObjectEntries>(
  resource: Resource,
  { read, ignored }: PropertiesReader<Entries>,
  identities: Identities,
): v.InferOutput<v.StrictObjectSchema<Entries, undefined>> {
  const properties = Object.fromEntries(
    Object.entries(resource.Properties)
      .filter(([name]) => !ignored.includes(name))
      .map(([name, value]) => [
        name,
        name in read ? resolve(value, identities, `${resource.id}.${name}`) : value,
      ]),
  );
  const parsed = v.safeParse(v.strictObject(read), properties);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new LocalRunError(
      `${resource.id} (${resource.Type}) does not run locally: ${v.getDotPath(issue) ?? 'Properties'}: ${issue.message}`,
    );
  }
  return parsed.output;
}

function parseFile<Schema extends v.GenericSchema>(schema: Schema, file: string): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new LocalRunError(
      `${file} is not what the CDK writes: ${v.getDotPath(issue) ?? ''}: ${issue.message}`,
    );
  }
  return parsed.output;
}

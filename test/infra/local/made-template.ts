import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory that is gone when the test has ended. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'openslot-local-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The text of a function's bundle. */
export type Bundle = string;

/** A cloud assembly with these resources and parameters, in the files that the CDK would write. */
export function madeAssembly(
  resources: Readonly<Record<string, unknown>>,
  bundles: Readonly<Record<string, Bundle>> = {},
  parameters: Readonly<Record<string, unknown>> = {},
): string {
  const outdir = temporaryDirectory();
  const files = Object.fromEntries(
    Object.keys(bundles).map((name) => [
      name,
      { source: { path: `asset.${name}` }, destinations: { here: { objectKey: `${name}.zip` } } },
    ]),
  );
  const template = { Parameters: parameters, Resources: resources };
  writeFileSync(path.join(outdir, 'Openslot.template.json'), JSON.stringify(template));
  writeFileSync(path.join(outdir, 'Openslot.assets.json'), JSON.stringify({ files }));
  for (const [name, text] of Object.entries(bundles)) {
    mkdirSync(path.join(outdir, `asset.${name}`));
    writeFileSync(path.join(outdir, `asset.${name}`, 'index.js'), text);
  }
  return outdir;
}

/** How Fn::Sub spells a reference. */
export const inSub = (name: string) => `\${${name}}`;

/** A function resource whose code is the bundle of that name. */
export const madeFunction = (bundle: string, properties: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: { 'Fn::Sub': `assets-${inSub('AWS::AccountId')}` }, S3Key: `${bundle}.zip` },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    ...properties,
  },
});

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { Stage } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { buildSync } from 'esbuild';

const projectDirectory = path.dirname(import.meta.dirname);

/**
 * Bundles `functions/<name>/handler.ts` with all that it imports into one minified index.js below the app's output
 * directory. The AWS SDK is inside, so that what was tested is what runs. Its source map lies beside it and is not
 * uploaded.
 */
export function bundle(scope: IConstruct, name: string): AssetCode {
  const outputDirectory = Stage.of(scope)?.outdir;
  if (outputDirectory === undefined) {
    throw new Error(
      `${scope.node.path} is in no stage or app: there is no directory to bundle functions/${name} into`,
    );
  }
  const directory = path.join(outputDirectory, 'bundles', name);
  mkdirSync(directory, { recursive: true });
  for (const { name: file, contents } of build(name)) writeFileSync(path.join(directory, file), contents);
  return Code.fromAsset(directory, { exclude: ['*.map'] });
}

type BundledFile = { readonly name: string; readonly contents: Uint8Array };

/** What was built in this process: as much as there are functions, whose sources are read once. */
const built = new Map<string, readonly BundledFile[]>();

function build(name: string): readonly BundledFile[] {
  const before = built.get(name);
  if (before !== undefined) return before;
  const { outputFiles } = buildSync({
    entryPoints: [path.join('functions', name, 'handler.ts')],
    // Paths are read from here wherever synthesis is started, also from the project of somebody else's stack.
    absWorkingDir: projectDirectory,
    outfile: 'index.js',
    write: false,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    // CommonJS loads faster than ES modules at a cold start, for which Node would load undici too ...
    format: 'cjs',
    // ... but it is made from the packages' ES modules, since only those can be tree-shaken.
    mainFields: ['module', 'main'],
    alias: {
      '@aws-sdk/credential-provider-node': path.join(import.meta.dirname, 'credentials-in-lambda.ts'),
    },
    legalComments: 'none',
    sourcemap: 'external',
    logLevel: 'warning',
  });
  const files = outputFiles.map((file) => ({ name: path.basename(file.path), contents: file.contents }));
  built.set(name, files);
  return files;
}

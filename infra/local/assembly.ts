import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalRunError } from './local-run-error.ts';

/** What the assembly is made from: with the lock file, that is all of it. */
const sourceDirectories = ['functions', 'infra', 'lib'];
const sourceFiles = ['cdk.json', 'docs/openapi.json', 'package.json', 'package-lock.json', 'tsconfig.json'];

/** Another local run may be making a younger one, or be about to read it. */
const keptForMs = 3_600_000;

/**
 * The directory of the project's cloud assembly, synthesized when there is none yet of the project as it is: that takes
 * seconds, which a restart without changes is spared.
 *
 * @param cache Where assemblies are kept, each in a directory named after the sources' hash.
 */
export async function assemble(
  projectDirectory: string,
  cache: string,
  synthesize: (outdir: string) => Promise<void> = synthesizeApart,
): Promise<string> {
  const assembly = path.join(cache, hashSources(projectDirectory));
  if (existsSync(assembly)) return assembly;

  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(`${assembly}.`);
  try {
    await synthesize(unfinished);
    publish(unfinished, assembly);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  removeOutdated(cache, assembly);
  return assembly;
}

async function synthesizeApart(outdir: string): Promise<void> {
  const script = fileURLToPath(new URL('synthesize.ts', import.meta.url));
  const synthesis = spawn(process.execPath, [script, outdir], { stdio: ['ignore', 'ignore', 'inherit'] });
  // When this process ends first, nobody is left who wants the assembly.
  const abandon = () => synthesis.kill();
  process.once('exit', abandon);
  const [code] = await once(synthesis, 'close');
  process.off('exit', abandon);
  if (code !== 0) throw new LocalRunError('The stack could not be synthesized: the reason is above');
}

/** An assembly is there as a whole or not at all, also when two local runs make the same one at once. */
function publish(unfinished: string, assembly: string): void {
  try {
    renameSync(unfinished, assembly);
  } catch (error) {
    if (!existsSync(assembly)) throw error;
  }
}

function removeOutdated(cache: string, current: string): void {
  for (const name of readdirSync(cache)) {
    const candidate = path.join(cache, name);
    const age = Date.now() - statSync(candidate).mtimeMs;
    if (candidate !== current && age > keptForMs) rmSync(candidate, { recursive: true, force: true });
  }
}

function hashSources(projectDirectory: string): string {
  const hash = createHash('sha256');
  for (const file of listSources(projectDirectory)) {
    const content = readFileSync(path.join(projectDirectory, file));
    // With its length before it, no content can pass for the beginning of the next file.
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 32);
}

function listSources(projectDirectory: string): readonly string[] {
  const inDirectories = sourceDirectories.flatMap((directory) =>
    readdirSync(path.join(projectDirectory, directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(projectDirectory, path.join(entry.parentPath, entry.name))),
  );
  return [...sourceFiles, ...inDirectories].toSorted();
}

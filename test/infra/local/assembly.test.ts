import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { assemble } from '#infra/local/assembly.ts';
import { temporaryDirectory } from './made-template.ts';

/** A project with one file in each place that the stack is made from. */
function madeProject() {
  const directory = temporaryDirectory();
  const files = ['cdk.json', 'docs/openapi.json', 'package.json', 'package-lock.json', 'tsconfig.json'];
  for (const name of ['functions/door', 'infra', 'lib/wire', 'docs']) {
    mkdirSync(path.join(directory, name), { recursive: true });
    files.push(`${name}/file.ts`);
  }
  for (const file of files) writeFileSync(path.join(directory, file), file);

  const cache = path.join(directory, '.openslot', 'assembly');
  let count = 0;
  const assembleProject = () =>
    assemble(directory, cache, async (outdir) => {
      count++;
      writeFileSync(path.join(outdir, 'template'), String(count));
    });
  return { directory, cache, assemble: assembleProject, synthesized: () => count };
}

describe('the synthesized stack of the local run', () => {
  test('is kept for as long as nothing changes that it is made from', async () => {
    const project = madeProject();
    const first = await project.assemble();
    appendFileSync(path.join(project.directory, 'docs/file.ts'), 'changed');
    expect(await project.assemble()).toBe(first);
    expect(readdirSync(first)).toEqual(['template']);
    expect(project.synthesized()).toBe(1);
  });

  test.each([
    'functions/door/file.ts',
    'infra/file.ts',
    'lib/wire/file.ts',
    'lib/new.ts',
    'cdk.json',
    'docs/openapi.json',
    'package-lock.json',
  ])('is made anew after a change in %s', async (file) => {
    const project = madeProject();
    const first = await project.assemble();
    appendFileSync(path.join(project.directory, file), 'changed');
    expect(await project.assemble()).not.toBe(first);
    expect(project.synthesized()).toBe(2);
  });

  test('is made anew when a file is renamed', async () => {
    const project = madeProject();
    await project.assemble();
    renameSync(path.join(project.directory, 'infra/file.ts'), path.join(project.directory, 'infra/other.ts'));
    await project.assemble();
    expect(project.synthesized()).toBe(2);
  });

  test('is one and the same for two local runs that make it at once', async () => {
    const project = madeProject();
    const [one, other] = await Promise.all([project.assemble(), project.assemble()]);
    expect(one).toBe(other);
    expect(readdirSync(project.cache)).toEqual([path.basename(one)]);
  });

  test('leaves nothing behind when it fails', async () => {
    const { directory, cache } = madeProject();
    const failing = assemble(directory, cache, async () => {
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(readdirSync(cache)).toEqual([]);
  });

  test('replaces one that is outdated, but none that another local run may be about to read', async () => {
    const project = madeProject();
    const outdated = path.join(project.cache, 'outdated');
    const recent = path.join(project.cache, 'recent');
    for (const directory of [outdated, recent]) mkdirSync(directory, { recursive: true });
    const longAgo = Date.now() / 1000 - 3_601;
    utimesSync(outdated, longAgo, longAgo);
    await project.assemble();
    expect([existsSync(outdated), existsSync(recent)]).toEqual([false, true]);
  });
});

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { openslotApp } from '#infra/openslot-app.ts';

const projectDirectory = path.resolve(import.meta.dirname, '..', '..');
const outdir = mkdtempSync(path.join(tmpdir(), 'openslot-synthesis-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const read = (assembly: string, file: string) =>
  JSON.parse(readFileSync(path.join(outdir, assembly, file), 'utf8'));

test('`cdk synth --strict` has nothing to say, and in-process synthesis makes the same template', {
  timeout: 60_000,
}, async () => {
  const cdk = path.join(projectDirectory, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const synth = [cdk, 'synth', '--strict', '--quiet', '--output', path.join(outdir, 'cli')];
  // Rejects unless it exits with 0.
  const { stdout, stderr } = await promisify(execFile)(process.execPath, synth, { cwd: projectDirectory });
  expect(stdout + stderr).toBe('');
  expect(read('cli', 'validation-report.json').pluginReports).toEqual([]);

  openslotApp({ outdir: path.join(outdir, 'in-process'), checks: false }).synth();
  expect(read('in-process', 'Openslot.template.json')).toEqual(read('cli', 'Openslot.template.json'));
  expect(read('in-process', 'Openslot.assets.json').files).toEqual(read('cli', 'Openslot.assets.json').files);
});

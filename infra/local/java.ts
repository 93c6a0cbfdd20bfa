import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** The lowest version of Java that runs DynamoDB Local. */
export const oldestJava = 17;

const versionTimeoutMs = 10_000;

/** The `java` of JAVA_HOME, or else the one that PATH finds. */
export function javaCommand(environment: NodeJS.ProcessEnv = process.env): string {
  const home = environment['JAVA_HOME'];
  const executable = process.platform === 'win32' ? 'java.exe' : 'java';
  const ofHome = home ? path.join(home, 'bin', executable) : undefined;
  return ofHome !== undefined && existsSync(ofHome) ? ofHome : executable;
}

/**
 * Why DynamoDB Local did not start, in one line. Asked only after a failure: a start that succeeds does not pay for
 * asking Java its version.
 */
export async function explainFailedStart(java: string, output: string): Promise<string> {
  const version = await javaVersion(java);
  const needed = `Java ${oldestJava} or later is needed to run DynamoDB Local`;
  if (version === undefined) {
    return `${needed}, and none was found: install a JRE and put it on PATH, or set JAVA_HOME`;
  }
  if (version.feature < oldestJava) {
    return `${needed}, but ${java} is version ${version.text}: put a later one on PATH, or set JAVA_HOME`;
  }
  const lastLines = output
    .trim()
    .split(/\s*\n\s*/)
    .slice(-3)
    .join(' | ');
  return `DynamoDB Local did not start: ${lastLines || 'it ended without saying why'}`;
}

type JavaVersion = { readonly text: string; readonly feature: number };

function javaVersion(java: string): Promise<JavaVersion | undefined> {
  return new Promise((resolve) => {
    execFile(java, ['-version'], { timeout: versionTimeoutMs }, (error, stdout, stderr) => {
      // Java 8 and before call themselves 1.8: there the second number is the one that counts.
      const match = /version "((?:1\.)?(\d+)[^"]*)"/.exec(`${stderr}\n${stdout}`);
      const [, text, feature] = match ?? [];
      const isKnown = error === null && text !== undefined && feature !== undefined;
      resolve(isKnown ? { text, feature: Number(feature) } : undefined);
    });
  });
}

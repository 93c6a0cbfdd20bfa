/**
 * Writes the cloud assembly into the directory that is named on the command line. A process of its own, because the CDK
 * takes about 400 MB to synthesize, which the local run would then keep for as long as it runs.
 */
import { openslotApp } from '#infra/openslot-app.ts';

const [outdir] = process.argv.slice(2);
if (outdir === undefined) throw new Error('synthesize.ts wants the directory of the assembly');
openslotApp({ outdir }).synth();

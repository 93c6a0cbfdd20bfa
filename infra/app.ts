import { Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { openslotApp } from './openslot-app.ts';

const app = openslotApp();
// Here and not in openslot-app.ts, because loading cdk-nag takes longer than the whole synthesis.
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

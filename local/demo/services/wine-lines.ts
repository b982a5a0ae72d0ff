import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { InferenceService } from '../../../examples/inference-service/inference-service.ts';
import type { ModelGovernance } from '../../../lib/model-governance.ts';
import { fromPackageRoot } from '../../../lib/platform/package-root.ts';
import { rootOf } from '../model-files.ts';
import { SITES, WINE } from '../sites.ts';

const PUBLISH = ['lambda:GetFunctionConfiguration', 'lambda:UpdateFunctionConfiguration', 'lambda:PublishVersion'];

/** A team with one model on several lines, and somebody on call. */
export class WineLines extends Stack {
  readonly #services: InferenceService[] = [];
  readonly #onCall: Queue;

  constructor(scope: Construct, id: string, plane: ModelGovernance) {
    super(scope, id, { description: 'What the demo of Clearance governs' });
    for (const [site, { deployment, environment }] of Object.entries(SITES)) {
      const service = new InferenceService(this, site, {
        plane,
        deployment,
        environment,
        model: WINE.model,
        version: WINE.first,
        root: rootOf(WINE.model, WINE.first),
        versions: fromPackageRoot('models', WINE.model),
      });
      this.#services.push(service);
      new CfnOutput(this, `${deployment}-function`.replaceAll('-', ''), { value: service.function.functionName });
    }
    this.#onCall = new Queue(this, 'OnCall');
    plane.pageTopic.addSubscription(new SqsSubscription(this.#onCall));
    new CfnOutput(this, 'OnCallQueueUrl', { value: this.#onCall.queueUrl });
  }

  /** Publishes versions of the functions, calls them through their alias, and hears pages. Cannot move an alias. */
  grantRelease(who: IGrantable): void {
    for (const { function: serving, alias } of this.#services)
      Grant.addToPrincipal({
        grantee: who,
        actions: [...PUBLISH, 'lambda:InvokeFunction'],
        resourceArns: [serving.functionArn, alias.aliasArn],
      }).assertSuccess();
    this.#onCall.grantConsumeMessages(who);
  }
}

import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

/** An encrypted topic that only TLS reaches, for the alarms of this account. */
export class GovernedTopic extends Topic {
  constructor(scope: Construct, id: string, { key, emails }: { key: IKey; emails: readonly string[] }) {
    super(scope, id, { masterKey: key, enforceSSL: true });
    // A topic with a policy of its own loses the one that AWS gives it, which is what lets alarms in.
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    for (const email of emails) this.addSubscription(new EmailSubscription(email));
  }
}

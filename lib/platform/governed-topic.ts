import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

/** An encrypted topic that only TLS reaches, with its email subscribers. */
export class GovernedTopic extends Topic {
  constructor(scope: Construct, id: string, { key, emails }: { key: IKey; emails: readonly string[] }) {
    super(scope, id, { masterKey: key, enforceSSL: true });
    for (const email of emails) this.addSubscription(new EmailSubscription(email));
  }
}

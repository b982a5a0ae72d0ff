import { Duration } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { groundOf } from '../platform/ground.ts';

export type SigningKeyProps = {
  readonly description: string;
  /** Roles that may sign with it; nobody else may, whatever their own policies say. */
  readonly signers: string[];
  /** A key that is not in use any more keeps its name and its public half, and signs nothing. */
  readonly enabled?: boolean;
};

/** A P-256 key that never leaves KMS, which every verifier of models takes. */
export class SigningKey extends Key {
  constructor(scope: Construct, id: string, { description, signers, enabled = true }: SigningKeyProps) {
    super(scope, id, {
      description,
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: groundOf(scope).removal,
      pendingWindow: Duration.days(30),
      enabled,
    });
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlySignersSign',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['kms:Sign'],
        resources: ['*'],
        conditions: { ArnNotEquals: { 'aws:PrincipalArn': signers } },
      }),
    );
  }
}

/** The first key has the id that it always had: CloudFormation makes another key where a logical id is another. */
export const keyId = (number: number): string => (number === 1 ? 'Key' : `Key${number}`);

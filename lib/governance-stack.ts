import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ModelGovernance } from './model-governance.ts';
import type { StageConfig } from './stage.ts';

/** One stage: one stack. Account and region come from whoever deploys it. */
export class GovernanceStack extends Stack {
  readonly plane: ModelGovernance;

  constructor(scope: Construct, stage: StageConfig) {
    super(scope, `clearance-${stage.stage}`, {
      description: `Clearance, model governance: stage ${stage.stage}`,
      terminationProtection: stage.removal === 'retain',
    });
    const plane = new ModelGovernance(this, 'Plane', { stage });
    this.plane = plane;
    const outputs = {
      ModelBucketName: plane.modelBucket.bucketName,
      EvidenceBucketName: plane.evidenceBucket.bucketName,
      IntakeTableName: plane.attempts.tableName,
      HoldTableName: plane.holds.table.tableName,
      RegistryTableName: plane.registry.table.tableName,
      RolloutTableName: plane.rollouts.tableName,
      CaptureBucketName: plane.telemetry.captures.bucketName,
      TelemetryBucketName: plane.telemetry.bucket.bucketName,
      TelemetryTableName: plane.telemetry.table.tableName,
      EventBusName: plane.eventBus.eventBusName,
      ApiUrl: plane.api.url,
      MonitorTableName: plane.monitor.table.tableName,
      MonitorWorkflowArn: plane.monitor.workflow.arn,
      SigningKeyArn: plane.signing.key.keyArn,
      KeySetUrl: plane.keySet.url,
      KeySetKeyArn: plane.keySet.rootKey.keyArn,
      KeySetRootKeyId: plane.keySet.rootKeyId,
      IntakeWorkflowArn: plane.intake.workflow.arn,
      RolloutWorkflowArn: plane.rollout.workflow.arn,
      AuditLogBucketName: plane.audit.bucket.bucketName,
      AuditCopyBucketName: plane.audit.copy.bucketName,
      AuditLogKeyArn: plane.audit.key.keyArn,
      AuditTableName: plane.audit.table.tableName,
      VerificationTableName: plane.verification.table.tableName,
      PageTopicArn: plane.pageTopic.topicArn,
      TicketTopicArn: plane.ticketTopic.topicArn,
      PlaneParameter: plane.parameterName,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}

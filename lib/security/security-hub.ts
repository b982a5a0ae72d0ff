import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { FACT_SOURCE } from '../../core/kernel/contract.ts';
import { security } from '../../core/security/contract.ts';
import { EventRoute } from '../platform/event-route.ts';
import { findingsProduct } from '../platform/findings-product.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import { allow } from '../platform/permissions.ts';

/** Gives the plane's security findings to Security Hub, in an account where it is enabled. */
export class SecurityHub extends Construct {
  readonly importFindings: GovernedFunction;

  constructor(scope: Construct, id: string, { bus }: { bus: IEventBus }) {
    super(scope, id);
    this.importFindings = new GovernedFunction(this, 'ImportFindings', {
      entry: 'security/import-findings',
      contract: security.reactors.importFindings,
      env: { FINDINGS_PRODUCT: findingsProduct },
    });
    allow(this.importFindings, { actions: ['securityhub:BatchImportFindings'], resources: [findingsProduct] });
    const route = new EventRoute(this, 'FindingRaised', {
      bus,
      source: FACT_SOURCE,
      detailType: security.events.findingRaised.type,
      description: 'Security Hub gets the findings of the plane',
      target: (delivery) => new LambdaFunction(this.importFindings.function, delivery),
      runbook: 'security#findings-are-not-imported',
    });
    route.keepFailuresOf(this.importFindings);
  }
}

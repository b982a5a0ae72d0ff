import { ListDeploymentsCommand } from '@aws-sdk/client-appconfig';
import { expect } from 'vitest';
import { probe } from '../support/probe.ts';
import { initialDocument, makeRouting } from '../support/routed.ts';

probe(
  'appconfig_lists_the_newest_deployment_first',
  'deployments are listed from the newest to the oldest, page after page',
  async (aws) => {
    const { client, ApplicationId, EnvironmentId, deploy } = await makeRouting(aws, 'listed');
    for (const _ of [1, 2, 3]) await deploy(initialDocument('listed'));
    const list = (more: object) => client.send(new ListDeploymentsCommand({ ApplicationId, EnvironmentId, ...more }));

    const page = await list({ MaxResults: 2 });
    const rest = await list({ MaxResults: 2, NextToken: page.NextToken });

    expect(page.Items?.map(({ DeploymentNumber }) => DeploymentNumber)).toEqual([3, 2]);
    expect(rest.Items?.map(({ DeploymentNumber }) => DeploymentNumber)).toEqual([1]);
    expect(rest.NextToken).toBeUndefined();
  },
);

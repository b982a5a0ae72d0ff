import { describe, expect, test } from 'vitest';
import { ApiCall } from '../../core/kernel/api-call.ts';
import { Deployment } from '../../core/rollout/deployment.ts';
import { changeOf, isChanged } from '../../core/rollout/target-change.ts';
import { aliasUpdated, apiCall, type Called, sessionOf } from '../support/api-calls.ts';

const SHIFTER = 'arn:aws:iam::111122223333:role/clearance/prod/shift/IrisShifter1A2B';

const routed = Deployment.parse({
  name: 'iris-prod',
  model: 'iris',
  environment: 'prod',
  target: {
    kind: 'appconfig',
    applicationArn: 'arn:aws:appconfig:eu-central-1:111122223333:application/339ohji',
    environment: '54j1r29',
    profile: 'ur8hx2f',
    strategy: '1225qzk',
    versions: [],
  },
  roles: { look: 'arn:aws:iam::111122223333:role/look', shift: SHIFTER },
  objectives: {},
});

const changed = (called: Called) => changeOf(ApiCall.parse(apiCall(called)));

describe('a change of a routing document', () => {
  const started = (asked: Record<string, unknown>): Called => ({
    service: 'appconfig',
    name: 'StartDeployment',
    asked,
  });
  const asked = { applicationId: '339ohji', environmentId: '54j1r29', configurationVersion: '4' };

  // AWS shows no example of this event; its other services spell parameters in either way.
  test.each([
    ['in lower case', asked],
    ['in upper case', { ApplicationId: '339ohji', EnvironmentId: '54j1r29', ConfigurationVersion: '4' }],
  ])('is found by application and environment, spelt %s', (_, spelt) => {
    const change = changed(started(spelt));

    expect(change && isChanged(routed, change)).toBe(true);
  });

  test.each<[string, Called]>([
    ['of another application', started({ ...asked, applicationId: 'other' })],
    ['of another environment', started({ ...asked, environmentId: 'other' })],
    ['in another account', { ...started(asked), account: '999988887777' }],
    ['in another region', { ...started(asked), region: 'us-east-1' }],
  ])('%s is another target', (_, called) => {
    const change = changed(called);

    expect(change && isChanged(routed, change)).toBe(false);
  });

  test.each<[string, Called]>([
    ['a document that is stored and not deployed', { ...started(asked), name: 'CreateHostedConfigurationVersion' }],
    ['one without an environment', started({ applicationId: '339ohji' })],
  ])('is not %s', (_, called) => {
    expect(changed(called)).toBeUndefined();
  });

  test('can also be the revert of one that stood', () => {
    const change = changed({ ...started({ ...asked, deploymentNumber: '3' }), name: 'StopDeployment' });

    expect(change && isChanged(routed, change)).toBe(true);
  });
});

describe('a call', () => {
  test('is of the role that a session has, with the path that the ARN of the session leaves out', () => {
    const { by } = ApiCall.parse(apiCall({ service: 'lambda', name: 'X', asked: {}, by: sessionOf(SHIFTER) }));

    expect(by).toEqual({
      arn: 'arn:aws:sts::111122223333:assumed-role/IrisShifter1A2B/clearance-rollout',
      role: SHIFTER,
    });
  });

  test.each([
    ['says nothing about who called', { userIdentity: undefined }],
    ['has no id', { eventID: '' }],
    ['has an id of any length', { eventID: 'x'.repeat(100_000) }],
  ])('that %s is refused, and so judged by a person', (_, change) => {
    const event = aliasUpdated({ functionName: 'fraud', version: '2' });

    expect(() => ApiCall.parse({ ...event, detail: { ...event.detail, ...change } })).toThrow();
  });

  test('puts what the alias names, and what it gives a share to', () => {
    const of = (share?: number) =>
      changeOf(
        ApiCall.parse(aliasUpdated({ functionName: 'fraud', version: '7', ...(share !== undefined && { share }) })),
      );

    expect([of(), of(0.1), of(0)].map((change) => change?.puts)).toEqual([['7'], ['1', '7'], ['1']]);
  });
});

import { Duration } from 'aws-cdk-lib';
import { type IOidcProvider, OidcProviderNative, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ModelGovernance } from '../model-governance.ts';

const GITHUB = 'https://token.actions.githubusercontent.com';
const AUDIENCE = 'sts.amazonaws.com';

export type CiRoleProps = {
  plane: ModelGovernance;
  /**
   * Whose jobs may take the role: the `sub` claims of their tokens, word for word. See `githubSubjects`. No wildcards: a
   * pattern that is a little too wide lets in every fork, or every repository there is.
   */
  subjects: readonly string[];
  /** Who issues the tokens; GitHub Actions when left out. */
  issuer?: string;
  /** The `aud` claim: for whom the token was issued. */
  audience?: string;
  /** An account has one provider per issuer: the one that is there already. One is made when this is left out. */
  provider?: IOidcProvider;
  /** Of these models the pipeline may also upload versions; of none when left out. */
  submits?: readonly string[];
  /** A role's name is what a pipeline has to be told; one is generated when this is left out. */
  roleName?: string;
};

const REPOSITORY = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\/[A-Za-z0-9._-]+$/;

/**
 * The `sub` claims of GitHub Actions for jobs of one repository: on these branches, or that wait for the rules of these
 * environments of GitHub's. A job that names an environment has that in its claim, and not its branch.
 * @throws for a repository that is not `owner/name`, and when nothing of it is named
 */
export const githubSubjects = (
  repository: string,
  { branches = [], environments = [] }: { branches?: readonly string[]; environments?: readonly string[] },
): string[] => {
  if (!REPOSITORY.test(repository)) throw new Error(`repository: found ${repository}; allowed: owner/name`);
  const claims = [
    ...branches.map((branch) => `ref:refs/heads/${branch}`),
    ...environments.map((environment) => `environment:${environment}`),
  ];
  if (claims.length === 0) throw new Error(`${repository}: name the branches or environments whose jobs may take it`);
  return claims.map((claim) => `repo:${repository}:${claim}`);
};

const checkedSubjects = (subjects: readonly string[]): string[] => {
  if (subjects.length === 0) throw new Error('subjects: found none; allowed: at least one sub claim');
  const wide = subjects.find((subject) => /[*?]/.test(subject) || subject.trim() === '');
  if (wide !== undefined) throw new Error(`subjects: found "${wide}"; allowed: whole sub claims, without * and ?`);
  return [...subjects];
};

/**
 * What a pipeline is to the plane: it asks admission, requests rollouts and watches both. It holds no secret; a job's
 * own token gets it credentials for hours. It cannot say anything in the plane's name, and cannot move traffic.
 */
export class CiRole extends Construct {
  readonly role: Role;
  readonly provider: IOidcProvider;

  constructor(scope: Construct, id: string, props: CiRoleProps) {
    super(scope, id);
    const { plane, issuer = GITHUB, audience = AUDIENCE, submits, roleName } = props;
    const subjects = checkedSubjects(props.subjects);
    if (!/^https:\/\/[^\s/?#]+[^\s?#]*$/.test(issuer))
      throw new Error(`issuer: found ${issuer}; allowed: an https URL`);
    this.provider = props.provider ?? new OidcProviderNative(this, 'Provider', { url: issuer, clientIds: [audience] });
    const claims = issuer.replace(/^https:\/\//, '').replace(/\/$/, '');
    this.role = new Role(this, 'Role', {
      ...(roleName !== undefined && { roleName }),
      // A job asks for as long as it waits; an hour is what it gets unasked, and a careful rollout takes longer.
      maxSessionDuration: Duration.hours(4),
      description: `Clearance ${plane.config.stage}: a pipeline that asks admission and requests rollouts`,
      assumedBy: new WebIdentityPrincipal(this.provider.oidcProviderArn, {
        StringEquals: { [`${claims}:aud`]: audience, [`${claims}:sub`]: subjects },
      }),
    });
    plane.grantRelease(this.role);
    if (submits !== undefined && submits.length > 0) plane.grantSubmit(this.role, { models: submits });
  }
}

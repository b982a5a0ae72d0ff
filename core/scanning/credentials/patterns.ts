import { hasAzureHead, isJwt, isKeyBody } from './checks.ts';

export type CredentialRule =
  | 'credentials.token'
  | 'credentials.private-key'
  | 'credentials.address'
  | 'credentials.password';

/** One kind of credential, as whoever issues it describes its form. */
export type CredentialPattern = {
  readonly id: string;
  readonly what: string;
  /** One of these begins it: they are looked for first, all at once, and the finding shows nothing more of it. */
  readonly anchors: readonly string[];
  /** What stands at an anchor. Sticky, every repetition bounded, and of letters that cannot hold another anchor. */
  readonly pattern: RegExp;
  readonly rule?: CredentialRule;
  /** Of what the pattern takes; beside the look for placeholders that all have. */
  readonly check?: (found: string, text: string, end: number) => boolean;
  /** Where the form is described. */
  readonly source: string;
};

/** A letter in front of which no token begins: then the anchor is part of something longer. */
export const INSIDE = /[\w-]/;

/** The rule set. What is longer or shorter than issued, or goes on, is none: `(?![\w-])` and its kin. */
export const PATTERNS: readonly CredentialPattern[] = [
  {
    id: 'aws-access-key-id',
    what: 'an AWS access key id',
    anchors: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    pattern: /A[KSBC]I?[IC]?A[A-Z2-7]{16}(?![A-Za-z0-9])/y,
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html',
  },
  {
    id: 'github-token',
    what: 'a GitHub token',
    anchors: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
    pattern: /gh[pousr]_[A-Za-z0-9]{36,255}(?![A-Za-z0-9_])/y,
    source: 'https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/',
  },
  {
    id: 'github-fine-grained-token',
    what: 'a GitHub token',
    anchors: ['github_pat_'],
    pattern: /github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}(?![A-Za-z0-9_])/y,
    source:
      'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github',
  },
  {
    id: 'gitlab-token',
    what: 'a GitLab token',
    anchors: ['glpat-', 'glrt-', 'gldt-', 'glptt-', 'glsoat-', 'glcbt-', 'glft-', 'glimt-', 'glagent-'],
    pattern: /gl(?:pat|rt|dt|ptt|soat|cbt|ft|imt|agent)-[\w-]{20,300}(?:\.[\w-]{2,12}){0,2}/y,
    source: 'https://docs.gitlab.com/security/tokens/#token-prefixes',
  },
  {
    id: 'hugging-face-token',
    what: 'a Hugging Face token',
    anchors: ['hf_', 'api_org_'],
    pattern: /(?:hf|api_org)_[A-Za-z0-9]{34}(?![A-Za-z0-9_])/y,
    source: 'https://huggingface.co/docs/hub/security-tokens',
  },
  {
    id: 'openai-key',
    what: 'an OpenAI key',
    anchors: ['sk-'],
    pattern: /sk-(?:(?:proj|svcacct|admin)-[\w-]{20,160}|[A-Za-z0-9]{20})T3BlbkFJ[\w-]{20,160}/y,
    source: 'https://platform.openai.com/docs/api-reference/authentication',
  },
  {
    id: 'anthropic-key',
    what: 'an Anthropic key',
    anchors: ['sk-ant-'],
    pattern: /sk-ant-[a-z]{2,8}\d{2}-[\w-]{80,140}/y,
    source: 'https://docs.anthropic.com/en/api/overview#authentication',
  },
  {
    id: 'slack-token',
    what: 'a Slack token',
    anchors: ['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxe-', 'xoxe.', 'xapp-'],
    pattern: /(?:xox[abeprs][-.]|xapp-)(?:xox[bp]-)?\d[A-Za-z0-9-]{20,250}/y,
    source: 'https://docs.slack.dev/authentication/tokens',
  },
  {
    id: 'slack-webhook',
    what: 'a Slack webhook',
    anchors: ['hooks.slack.com/'],
    pattern:
      /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Z0-9]{8,12}\/[A-Za-z0-9]{8,20}\/[A-Za-z0-9]{20,60}/y,
    source: 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks',
  },
  {
    id: 'stripe-key',
    what: 'a Stripe key',
    anchors: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'],
    pattern: /[rs]k_(?:live|test)_[A-Za-z0-9]{16,247}(?![A-Za-z0-9_])/y,
    source: 'https://docs.stripe.com/keys',
  },
  {
    id: 'stripe-webhook-secret',
    what: 'a Stripe webhook secret',
    anchors: ['whsec_'],
    pattern: /whsec_[A-Za-z0-9+/]{32,88}(?![A-Za-z0-9_])/y,
    source: 'https://docs.stripe.com/webhooks',
  },
  {
    id: 'google-api-key',
    what: 'a Google API key',
    anchors: ['AIza'],
    pattern: /AIza[\w-]{35}(?![\w-])/y,
    source: 'https://cloud.google.com/docs/authentication/api-keys',
  },
  {
    id: 'google-oauth-secret',
    what: 'a Google OAuth client secret',
    anchors: ['GOCSPX-'],
    pattern: /GOCSPX-[\w-]{28}(?![\w-])/y,
    source: 'https://developers.google.com/identity/protocols/oauth2',
  },
  {
    id: 'azure-storage-key',
    what: 'an Azure storage key',
    anchors: ['AccountKey=', 'SharedAccessKey='],
    pattern: /(?:AccountKey|SharedAccessKey)=(?:[A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{43}=)(?!=)/y,
    source: 'https://learn.microsoft.com/en-us/azure/storage/common/storage-configure-connection-string',
  },
  {
    id: 'azure-client-secret',
    what: 'an Azure client secret',
    anchors: ['Q~'],
    pattern: /Q~[\w.~-]{31,34}(?![\w.~-])/y,
    check: hasAzureHead,
    source: 'https://learn.microsoft.com/en-us/purview/sit-defn-azure-ad-client-secret',
  },
  {
    id: 'databricks-token',
    what: 'a Databricks token',
    anchors: ['dapi'],
    pattern: /dapi[0-9a-f]{32}(?:-\d{1,2})?(?![A-Za-z0-9])/y,
    source: 'https://docs.databricks.com/aws/en/dev-tools/auth/pat',
  },
  {
    id: 'npm-token',
    what: 'an npm token',
    anchors: ['npm_'],
    pattern: /npm_[A-Za-z0-9]{36}(?![A-Za-z0-9_])/y,
    source: 'https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/',
  },
  {
    id: 'pypi-token',
    what: 'a PyPI token',
    anchors: ['pypi-AgE'],
    pattern: /pypi-AgE[\w-]{50,500}/y,
    source: 'https://pypi.org/help/#apitoken',
  },
  {
    id: 'sendgrid-key',
    what: 'a SendGrid key',
    anchors: ['SG.'],
    pattern: /SG\.[\w-]{22}\.[\w-]{43}(?![\w-])/y,
    source: 'https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys',
  },
  {
    id: 'digitalocean-token',
    what: 'a DigitalOcean token',
    anchors: ['dop_v1_', 'doo_v1_', 'dor_v1_'],
    pattern: /do[opr]_v1_[0-9a-f]{64}(?![0-9a-f])/y,
    source: 'https://docs.digitalocean.com/reference/api/',
  },
  {
    id: 'vault-token',
    what: 'a Vault token',
    anchors: ['hvs.', 'hvb.'],
    pattern: /hv[sb]\.[\w-]{90,300}/y,
    source: 'https://developer.hashicorp.com/vault/docs/concepts/tokens',
  },
  {
    id: 'grafana-token',
    what: 'a Grafana token',
    anchors: ['glsa_', 'glc_'],
    pattern: /gl(?:sa_[A-Za-z0-9]{32}_[0-9a-f]{8}|c_[A-Za-z0-9+/]{60,400}={0,2})(?![A-Za-z0-9_])/y,
    source: 'https://grafana.com/docs/grafana/latest/administration/service-accounts/',
  },
  {
    id: 'groq-key',
    what: 'a Groq key',
    anchors: ['gsk_'],
    pattern: /gsk_[A-Za-z0-9]{52}(?![A-Za-z0-9_])/y,
    source: 'https://console.groq.com/docs/quickstart',
  },
  {
    id: 'replicate-token',
    what: 'a Replicate token',
    anchors: ['r8_'],
    pattern: /r8_[A-Za-z0-9]{37}(?![A-Za-z0-9_])/y,
    source: 'https://replicate.com/docs/topics/security/api-tokens',
  },
  {
    id: 'shopify-token',
    what: 'a Shopify token',
    anchors: ['shpat_', 'shpca_', 'shppa_', 'shpss_'],
    pattern: /shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}(?![0-9a-zA-Z_])/y,
    source: 'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens',
  },
  {
    id: 'json-web-token',
    what: 'a JSON web token',
    anchors: ['eyJ'],
    pattern: /eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{20,1000}(?![\w-])/y,
    check: isJwt,
    source: 'https://www.rfc-editor.org/rfc/rfc7519#section-3',
  },
  {
    id: 'private-key',
    what: 'a private key',
    anchors: ['-----BEGIN '],
    pattern: /-----BEGIN (?:[A-Z0-9]{1,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----/y,
    rule: 'credentials.private-key',
    check: isKeyBody,
    source: 'https://www.rfc-editor.org/rfc/rfc7468',
  },
];

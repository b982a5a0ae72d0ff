import { describe, expect, test } from 'vitest';
import { credentialsIn, withoutCredentials } from '../../core/scanning/credentials/find-credentials.ts';
import { PATTERNS } from '../../core/scanning/credentials/patterns.ts';
import { concat, field, real, realNames, rulesOf, safetensors, scanBytes } from './support.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** Letters that nobody would write, put together here so that this file holds no credential itself. */
const letters = (length: number, alphabet = 'Zk3pQ9vT2mXc7LsWd8RfYb5HnJg4eAu6') =>
  Array.from({ length }, (_, i) => alphabet[(i * 7 + i * i * 3 + (i >> 2)) % alphabet.length]).join('');
const base32 = (length: number) => letters(length, 'QZ3XW7KMTV5PLB2RHNCJ6DGFYS4UAOIE');
const hex = (length: number) => letters(length, '3f9a1c7e5b2d8604');
const digits = (length: number) => letters(length, '8035716924');
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: unknown) => `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}.${letters(43)}`;
const pem = (kind: string, lineBreak = '\n') =>
  ['-----BEGIN', ` ${kind}-----`, lineBreak, letters(64), lineBreak, letters(64), lineBreak].join('');

/** One of each kind, by the id of its pattern. */
const TOKENS: Readonly<Record<string, string>> = {
  'aws-access-key-id': `AKIA${base32(16)}`,
  'github-token': `ghp_${letters(36)}`,
  'github-fine-grained-token': `github_pat_${letters(22)}_${letters(59)}`,
  'gitlab-token': `glpat-${letters(20)}`,
  'hugging-face-token': `hf_${letters(34)}`,
  'openai-key': `sk-proj-${letters(40)}T3BlbkFJ${letters(40)}`,
  'anthropic-key': `sk-ant-api03-${letters(93)}AA`,
  'slack-token': `xoxb-${digits(12)}-${letters(24)}`,
  'slack-webhook': `hooks.slack.com/services/T${base32(8)}/B${base32(8)}/${letters(24)}`,
  'stripe-key': `sk_live_${letters(24)}`,
  'stripe-webhook-secret': `whsec_${letters(32)}`,
  'google-api-key': `AIza${letters(35)}`,
  'google-oauth-secret': `GOCSPX-${letters(28)}`,
  'azure-storage-key': `AccountKey=${letters(86)}==`,
  'azure-client-secret': `${letters(3)}8Q~${letters(31)}`,
  'databricks-token': `dapi${hex(32)}`,
  'npm-token': `npm_${letters(36)}`,
  'pypi-token': `pypi-AgEIcHlwaS5vcmc${letters(60)}`,
  'sendgrid-key': `SG.${letters(22)}.${letters(43)}`,
  'digitalocean-token': `dop_v1_${hex(64)}`,
  'vault-token': `hvs.${letters(92)}`,
  'grafana-token': `glsa_${letters(32)}_${hex(8)}`,
  'groq-key': `gsk_${letters(52)}`,
  'replicate-token': `r8_${letters(37)}`,
  'shopify-token': `shpat_${hex(32)}`,
  'json-web-token': jwt({ sub: 'svc-models', exp: 4102444800 }),
  'private-key': pem('RSA PRIVATE KEY'),
};

test('the rule set has an example of each kind, and a source', () => {
  expect(Object.keys(TOKENS)).toEqual(PATTERNS.map(({ id }) => id));
  expect(PATTERNS.filter(({ source }) => !source.startsWith('https://'))).toEqual([]);
});

describe('a credential', () => {
  test.each(Object.entries(TOKENS))('is found, and not shown: %s', async (_id, token) => {
    const scan = await scanBytes(utf8(`# settings\nKEY = "${token}"\n`), 'notes.md');

    expect(scan.verdict).toBe('suspicious');
    expect(scan.findings).toHaveLength(1);
    expect(scan.findings[0]?.rule).toMatch(/^credentials\./);
    expect(JSON.stringify(scan)).not.toContain(token.slice(-16));
  });

  test.each([
    ['a password', `password = "Tr0ub4dor&3xK"`],
    ['a secret key', `aws_secret_access_key = ${letters(40)}\n`],
    ['a key of JSON', JSON.stringify({ apiKey: letters(32) })],
    ['a key of a notebook', JSON.stringify({ source: [`api_key = "${letters(32)}"\n`] })],
    ['a password of a connection', `Server=db;Database=x;User=sa\nPwd=${letters(16)}`],
    ['a variable of a shell', `export DB_PASSWORD=${letters(20)}\n`],
    ['a key of YAML', `  client_secret: ${letters(32)}\n`],
    ['a key in hexadecimal', `SECRET_KEY: '${hex(40)}'`],
  ])('is found by its name: %s', async (_what, text) => {
    const scan = await scanBytes(utf8(text), 'settings');

    expect(rulesOf(scan)).toEqual(['credentials.password']);
  });

  test.each([
    ['postgresql://models:q7Hk2Lp9@db.internal:5432/models'],
    ['https://ci:9fK2mQ7x@packages.internal/simple'],
    [`amqp://:${letters(12)}@queue`],
  ])('is found in an address: %s', async (address) => {
    const scan = await scanBytes(utf8(`source: ${address}\n`), 'notes.txt');

    expect(rulesOf(scan)).toEqual(['credentials.address']);
  });

  test.each([
    ['a JSON key file', JSON.stringify({ private_key: pem('PRIVATE KEY') })],
    ['OpenSSH', pem('OPENSSH PRIVATE KEY')],
    ['Windows', pem('EC PRIVATE KEY', '\r\n')],
  ])('is found as a private key of %s', async (_what, text) => {
    const scan = await scanBytes(utf8(text), 'key');

    expect(rulesOf(scan)).toContain('credentials.private-key');
  });

  test('is found wherever it stands in a long text', async () => {
    const token = `hf_${letters(34)}`;
    for (const at of [0, 1024 * 1024 - 20, 1024 * 1024, 2_500_000]) {
      const text = `${'a word '.repeat(400_000).slice(0, at)} ${token} ${'word '.repeat(100_000)}`;

      const scan = await scanBytes(utf8(text), 'notes.txt');

      expect(scan.findings).toEqual([expect.objectContaining({ rule: 'credentials.token', offset: at + 1 })]);
    }
  });

  test('is told with the place in bytes', async () => {
    const scan = await scanBytes(utf8(`ä ${TOKENS['npm-token']}`), 'notes.txt');

    expect(scan.findings[0]?.offset).toBe(3);
  });
});

describe('a credential within a binary file', () => {
  const token = TOKENS['hugging-face-token'] ?? '';

  test('is found in the metadata of safetensors', async () => {
    const scan = await scanBytes(safetensors({ __metadata__: { hub_token: token } }));

    expect(scan).toMatchObject({ verdict: 'suspicious', format: 'safetensors' });
    expect(rulesOf(scan)).toEqual(['credentials.token']);
  });

  test('is found in the metadata of GGUF', async () => {
    const text = (value: string) => concat([value.length, 0, 0, 0, 0, 0, 0, 0], utf8(value));
    const head = concat(utf8('GGUF'), [3, 0, 0, 0], new Uint8Array(8), [1, 0, 0, 0, 0, 0, 0, 0]);

    const scan = await scanBytes(concat(head, text('general.source.url'), [8, 0, 0, 0], text(token)));

    expect(rulesOf(scan)).toEqual(['credentials.token']);
  });

  test('is found in the metadata of ONNX', async () => {
    const model = concat(
      field(1, 9),
      field(7, field(1, field(4, 'Add'))),
      field(8, field(2, 17)),
      field(14, concat(field(1, 'note'), field(2, `${'x'.repeat(9000)} ${token}`))),
    );

    const scan = await scanBytes(model);

    expect(scan.format).toBe('onnx');
    expect(rulesOf(scan)).toEqual(['credentials.token']);
  });

  test('is in no metadata of a real file', async () => {
    for (const name of realNames()) expect(rulesOf(await scanBytes(real(name), name))).toEqual([]);
  });
});

describe('what is no credential', () => {
  test.each([
    ['the key of the AWS documentation', 'AKIAIOSFODNN7EXAMPLE'],
    ['its secret', 'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
    ['a row of letters', `hf_${'x'.repeat(34)}`],
    ['an instruction', 'export HF_TOKEN=hf_your_token_here_your_token_here_1'],
    ['a variable', `password = "\${DB_PASSWORD}"\napi_key: <API_KEY>\nsecret={{ secret }}`],
    ['an attribute', 'password = os.environ["PASSWORD"]\napi_key = config.settings.api_key_2'],
    ['a word', 'password = "password"\nsecret: hunter\nSECRET_NAME = "models/prod-7/Db"'],
    ['the name of a class', 'GetSecretValueCommand = GetSecretValueCommand3;\nsecret: Uint8Array\n'],
    ['the path of a key', 'private_key_path: /etc/keys/Model1.pem\nsecret_file = "Vault/Key2.json"'],
    ['an address without a password', 'https://user@host.internal/x http://host.internal:8080/@scope/x'],
    [
      'an address of the documentation',
      'postgres://user:Passw0rd@db.example.com postgres://postgres:postgres@localhost',
    ],
    ['a talk of private keys', 'A file that begins with -----BEGIN PRIVATE KEY----- is a key.'],
    ['a public key', pem('PUBLIC KEY')],
    ['the token of jwt.io', jwt({ sub: '1234567890', name: 'John Doe', iat: 1516239022 })],
    ['a token of other letters', `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${letters(43)}`],
    ['the middle of a longer word', `x${TOKENS['github-token']} ${letters(10)}AKIA${base32(16)}`],
    ['what goes on', `AKIA${base32(17)} AIza${letters(36)}`],
    ['a digest', `sha256:${hex(64)} commit ${hex(40)}`],
    [
      'the key of the storage emulator',
      `AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==`,
    ],
    ['tokens of a vocabulary', '{"pad_token": "<pad>", "eos_token": "</s>", "token": "Ġpassword", "1": "secret123"}'],
  ])('%s', async (_what, text) => {
    const scan = await scanBytes(utf8(text), 'settings');

    expect(scan.findings).toEqual([]);
  });
});

describe('a finding about something else', () => {
  const token = TOKENS['github-token'] ?? '';

  test('does not show the credential that stands there', async () => {
    const scan = await scanBytes(utf8(`x @ git+https://${token}@github.com/acme/x\n`), 'requirements.txt');

    expect(rulesOf(scan)).toEqual(['credentials.token', 'requirements.elsewhere']);
    expect(JSON.stringify(scan)).not.toContain(token.slice(8));
  });

  test('shows the rest', () => {
    expect(withoutCredentials(`a ${token} b https://ci:9fK2mQ7x@db c`)).toBe('a [hidden] b https://ci:[hidden]@db c');
    expect(withoutCredentials('nothing to hide')).toBe('nothing to hide');
  });
});

/** What a search that goes back would take long for: beginnings of every kind, again and again, with and without ends. */
const repeated = (text: string) => text.repeat(Math.ceil(40_000 / text.length));
const anchors = [...new Set(PATTERNS.flatMap((pattern) => pattern.anchors)), 'password="', 'secret=', '://a:b', '://'];

test.each(anchors)('the time to look at %j over and over grows with the text only', (anchor) => {
  const before = process.threadCpuUsage();

  for (const end of ['', ' ', '.', '-', '"'])
    for (const text of [repeated(anchor + end), repeated(anchor + letters(240) + end)])
      for (const { length } of credentialsIn(text)) expect(length).toBeGreaterThan(0);

  const { user, system } = process.threadCpuUsage(before);
  // Half a megabyte in all; a search that goes back takes minutes.
  expect((user + system) / 1000).toBeLessThan(3000);
});

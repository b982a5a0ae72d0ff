import { describe, expect, test } from 'vitest';
import { rulesOf, scanBytes } from './support.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const scanText = (text: string, name = 'requirements.txt') => scanBytes(utf8(text), name);

describe('a list of packages', () => {
  test.each([
    ['an index of the author’s choosing', '--index-url https://example.org/simple', 'requirements.index'],
    ['an index without encryption', '--index-url http://pypi.org/simple', 'requirements.index'],
    ['a further index', '--extra-index-url=https://example.org/simple', 'requirements.index'],
    ['an index that only begins like a known one', '-i https://pypi.org/simple.example.org', 'requirements.index'],
    ['an index behind a package', 'numpy==2.4.6 --index-url https://example.org', 'requirements.index'],
    ['a page of links', '-f https://example.org/wheels.html', 'requirements.index'],
    ['the folder itself', '-e .', 'requirements.elsewhere'],
    ['a repository', 'git+https://example.org/x.git@main#egg=x', 'requirements.elsewhere'],
    ['a package by address', 'x @ https://example.org/x.whl', 'requirements.elsewhere'],
    ['an archive by address', 'https://example.org/x.zip?a=1&b=2', 'requirements.elsewhere'],
    ['a file by address', 'file:///srv/x.whl', 'requirements.elsewhere'],
    ['an archive of the folder', 'x.whl', 'requirements.elsewhere'],
    ['a folder beside', '../x', 'requirements.elsewhere'],
    ['a list outside', '-r ../../requirements.txt', 'requirements.elsewhere'],
    ['a list by address', '-r https://example.org/requirements.txt', 'requirements.elsewhere'],
    ['a list that is not looked at as one', '-r packages', 'requirements.elsewhere'],
    ['a host that nobody checks', '--trusted-host example.org', 'requirements.trusted-host'],
    ['an option for the build', 'numpy --config-settings="x=y"', 'requirements.option'],
    ['an abbreviated option', '--extra-index https://example.org', 'requirements.option'],
    ['an option without a space', '-ihttps://example.org', 'requirements.option'],
    ['an option on the next line', '\\\n--index-url \\\nhttps://example.org', 'requirements.index'],
    ['a second command', 'numpy; rm -rf /', 'requirements.shell'],
    ['a second command that looks like a marker', 'numpy; id', 'requirements.shell'],
    ['a second command behind an address', 'x @ https://example.org/x.whl; id', 'requirements.shell'],
    ['the output of a command', 'numpy==$(id)', 'requirements.shell'],
    ['the output of a command, as it was written once', 'numpy==`id`', 'requirements.shell'],
    ['a pipe', 'numpy | sh', 'requirements.shell'],
    ['what pip does not take', 'numpy 2.4.6', 'requirements.malformed'],
    ['a line of no end', `numpy==${'1'.repeat(100_000)}`, 'requirements.malformed'],
  ])('with %s', async (_what, line, rule) => {
    const scan = await scanText(`scikit-learn==1.9.1\n${line}\n`);

    expect(scan.format).toBe('requirements');
    expect(rulesOf(scan)).toEqual([rule]);
  });

  test('without any of that is clean', async () => {
    const scan = await scanText(`# packages
numpy==2.4.6
pandas>=2,<3  # with a comment
torch == 2.6.0 ; sys_platform == "linux" and (python_version < '3.13' or extra == "x")
transformers[torch,sentencepiece] ~= 4.40
--extra-index-url https://download.pytorch.org/whl/cpu
-r requirements-dev.txt
-c constraints.txt
scikit-learn==1.9.1 \\
    --hash=sha256:aaaa \\
    --hash=sha256:bbbb
mlflow<4,>=3
unpinned
`);

    expect(scan).toMatchObject({ verdict: 'clean', findings: [] });
  });
});

describe('an environment', () => {
  const conda = (text: string) => scanText(`name: env\nchannels: [conda-forge]\ndependencies:\n${text}`, 'conda.yaml');

  test.each([
    ['- pip:\n  - --index-url https://example.org\n', 'requirements.index'],
    ['- pip:\n  - x @ git+https://example.org/x\n', 'requirements.elsewhere'],
    ['- pip:\n  - "numpy; id"\n', 'requirements.shell'],
    ['- "numpy | sh"\n', 'requirements.shell'],
    ['- https://example.org/x.conda\n', 'requirements.elsewhere'],
  ])('of conda with %j', async (text, rule) => {
    const scan = await conda(text);

    expect(rulesOf(scan)).toEqual([rule]);
  });

  test('of conda with a channel of any address', async () => {
    const scan = await scanText('channels: [https://example.org/c]\ndependencies: [numpy]\n', 'environment.yml');

    expect(rulesOf(scan)).toEqual(['requirements.index']);
  });

  test('of MLflow whose list runs a command', async () => {
    const scan = await scanText(
      'python: 3.11.7\nbuild_dependencies:\n- pip==26.3; id\ndependencies:\n- -r requirements.txt\n',
      'python_env.yaml',
    );

    expect(rulesOf(scan)).toEqual(['requirements.shell']);
  });

  test.each([
    [
      'conda.yaml',
      'channels:\n- conda-forge\n- pytorch/label/nightly\ndependencies:\n- python=3.11.7\n- pip<=26.3\n- conda-forge::numpy >=2,<3\n- mkl=2024.0=h1_5\n- pip:\n  - mlflow==3.17.2\nname: mlflow-env\n',
    ],
    [
      'python_env.yaml',
      'python: 3.11.7\nbuild_dependencies:\n- pip==26.3\n- wheel\ndependencies:\n- -r requirements.txt\n',
    ],
  ])('as it is written is clean: %s', async (name, text) => {
    const scan = await scanText(text, name);

    expect(scan).toMatchObject({ verdict: 'clean', findings: [], format: 'environment' });
  });
});

describe('a project', () => {
  test.each([
    ['pyproject.toml', 'dependencies = ["x @ https://example.org/x.whl"]', 'requirements.elsewhere'],
    ['pyproject.toml', 'x = { git = "https://example.org/x" }', 'requirements.elsewhere'],
    ['pyproject.toml', '[[tool.uv.index]]\nurl = "https://example.org/simple"', 'requirements.index'],
    ['pyproject.toml', '[build-system]\nbackend-path = ["."]', 'requirements.option'],
    ['pip.conf', '[global]\nextra-index-url = https://example.org/simple', 'requirements.index'],
    ['pip.conf', '[global]\ntrusted-host = example.org', 'requirements.trusted-host'],
  ])('%s with %j', async (name, text, rule) => {
    const scan = await scanText(text, name);

    expect(rulesOf(scan)).toEqual([rule]);
  });

  test('as most are is clean', async () => {
    const scan = await scanText(
      `[project]
name = "x"
authors = [{ name = "A", email = "a@example.org" }]
dependencies = ["numpy>=2; python_version > '3.9'", "torch"]
[project.urls]
Homepage = "https://example.org"
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
`,
      'pyproject.toml',
    );

    expect(scan).toMatchObject({ verdict: 'clean', findings: [] });
  });
});

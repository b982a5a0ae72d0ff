import { describe, expect, test } from 'vitest';
import { rulesOf, safetensors, scanBytes, zip } from './support.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

type Model = Readonly<Record<string, unknown>>;
const archive = (model: Model, ...members: (readonly [string, string])[]) =>
  zip([
    { name: 'model.safetensors', content: safetensors({}) },
    ...members.map(([name, text]) => ({ name, content: utf8(text) })),
    {
      name: 'MAR-INF/MANIFEST.json',
      content: utf8(
        JSON.stringify({ runtime: 'python', model: { modelName: 'm', ...model }, archiverVersion: '0.12.0' }),
      ),
    },
  ]);
const scanArchive = (model: Model, ...members: (readonly [string, string])[]) =>
  scanBytes(archive(model, ...members), 'model.mar');

describe('a TorchServe archive', () => {
  test.each([
    ['code of its own', { handler: 'handler.py' }, ['torchserve.handler']],
    ['a function of code of its own', { handler: 'handler.py:handle' }, ['torchserve.handler']],
    ['a handler of nobody knows what', { handler: 'acme_handlers:handle' }, ['torchserve.handler-unknown']],
    ['no handler', { handler: null }, ['torchserve.handler-unknown']],
    ['a class of its own', { handler: 'image_classifier', modelFile: 'net.py' }, ['torchserve.handler']],
    ['weights outside', { handler: 'image_classifier', serializedFile: '../../m.pt' }, ['torchserve.path']],
    [
      'packages of a list of any name',
      { handler: 'text_classifier', requirementsFile: 'x' },
      ['requirements.elsewhere'],
    ],
  ])('with %s', async (_what, model, rules) => {
    const scan = await scanArchive(model);

    expect(scan.format).toBe('torch-model-archive');
    expect(rulesOf(scan)).toEqual(rules);
  });

  test('is what its members are, too', async () => {
    const scan = await scanArchive(
      { handler: 'image_classifier', requirementsFile: 'requirements.txt' },
      ['requirements.txt', '--index-url https://example.org/simple\n'],
      ['util.py', 'x = 1\n'],
    );

    expect(rulesOf(scan)).toEqual(['code.script', 'requirements.index']);
  });

  test('with a handler of TorchServe itself is clean', async () => {
    const scan = await scanArchive(
      { handler: 'image_classifier', serializedFile: 'model.safetensors', requirementsFile: 'requirements.txt' },
      ['requirements.txt', 'numpy==2.4.6\n'],
      ['index_to_name.json', '{"0": "cat"}'],
      ['model-config.yaml', 'minWorkers: 1\nhandler:\n  x: 1\n'],
    );

    expect(scan).toMatchObject({ verdict: 'clean', findings: [] });
  });
});

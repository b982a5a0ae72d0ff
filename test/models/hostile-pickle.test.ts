import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { bufferSource } from '../../core/scanning/byte-source.ts';
import { scanFile } from '../../core/scanning/scan-file.ts';
import { hostilePickle } from '../../local/demo/hostile-pickle.ts';

const DISASSEMBLE = [
  'import json, pickletools, sys',
  'steps = pickletools.genops(sys.stdin.buffer.read())',
  'print(json.dumps([[opcode.name, argument] for opcode, argument, _ in steps]))',
].join('\n');

const python = (script: string, input?: Uint8Array) =>
  spawnSync('python3', ['-c', script], { input, encoding: 'utf8' });

const withoutPython = python('import pickletools').status !== 0;

test('the hostile pickle is a call of posix.system with the command, byte for byte', () => {
  const command = 'id';

  const bytes = hostilePickle(command);

  expect(Buffer.from(bytes).toString('hex')).toBe(
    ['8004', '8c05706f736978', '8c0673797374656d', '93', '58020000006964', '85', '52', '2e'].join(''),
  );
});

test.skipIf(withoutPython)('Python reads in it what we meant to write, whatever the length and script', () => {
  const command = `echo ${'flügel ✈ '.repeat(40)}`;

  const steps = python(DISASSEMBLE, hostilePickle(command));

  expect(JSON.parse(steps.stdout)).toEqual([
    ['PROTO', 4],
    ['SHORT_BINUNICODE', 'posix'],
    ['SHORT_BINUNICODE', 'system'],
    ['STACK_GLOBAL', null],
    ['BINUNICODE', command],
    ['TUPLE1', null],
    ['REDUCE', null],
    ['STOP', null],
  ]);
});

test.skipIf(withoutPython)('the payload really runs when a victim loads it: the demo shows no dummy', () => {
  const bytes = hostilePickle('echo "the payload ran"');

  const victim = python('import pickle, sys; pickle.load(sys.stdin.buffer)', bytes);

  expect(victim.stdout).toBe('the payload ran\n');
});

test('the scanner calls the payload by its name, whatever the file is called', async () => {
  const scan = await scanFile('model.safetensors', bufferSource(hostilePickle('id')));

  expect(scan.verdict).toBe('malicious');
  expect(scan.findings.map(({ what }) => what).join()).toContain('posix.system');
});

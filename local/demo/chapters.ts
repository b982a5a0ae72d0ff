import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Plane } from '../../cli/plane.ts';
import type { Answer } from '../../core/intake/contract.ts';
import { factId } from '../../core/kernel/fact.ts';
import { registryApi } from '../../core/registry/api.ts';
import { registry } from '../../core/registry/contract.ts';
import { verifyWithStockTool } from '../stock-tools.ts';
import { showAuditLog } from './audit-log.ts';
import { hostilePickle } from './hostile-pickle.ts';
import { bytesIn, type Files, flipped, redeclared, shippedModel } from './model-files.ts';
import { bytes, type Narrator } from './narrator.ts';
import type { PlaneClient, Subject } from './plane-client.ts';
import { watchFlight } from './watch-flight.ts';

export type Stage = { client: PlaneClient; plane: Plane; tell: Narrator; publicKey: string };
export type Outcome = { ok: boolean; outcome: string };

const MODEL = { name: 'iris-forest', version: '1.0.0' } as const;
const WEIGHTS = 'model.joblib';

const submit = async ({ client, tell }: Stage, subject: Subject, files: Files): Promise<[string, Answer]> => {
  const began = Date.now();
  const attempt = await client.drop(subject, files);
  tell.moment(Date.now() - began, 'uploaded', `${Object.keys(files).length} files, ${bytes(bytesIn(files))}`);
  await watchFlight(client, tell, attempt, began);
  return [attempt, await client.answer(subject, attempt)];
};

const tellReasons = (tell: Narrator, { reasons }: Answer): void => {
  for (const { path, message, found, allowed, fix } of reasons) {
    tell.note(`• ${path === undefined ? message : `${path}: ${message}`}`);
    if (found !== undefined) tell.note(`    found    ${found}`);
    if (allowed !== undefined) tell.note(`    allowed  ${allowed}`);
    if (fix !== undefined) tell.note(`    fix      ${fix}`);
  }
};

const count = (reasons: readonly unknown[]): string =>
  reasons.length === 1 ? '1 reason' : `${reasons.length} reasons`;

const isRefusedFor =
  (rule: string) =>
  ({ outcome, reasons }: Answer): boolean =>
    outcome === 'rejected' && reasons.some((reason) => reason.rule === rule);

const stockVerdict = async (files: Files, bundle: string, publicKey: string) => {
  const folder = await mkdtemp(join(tmpdir(), 'clearance-demo-'));
  try {
    for (const [path, content] of Object.entries({ ...files, 'model.sig': Buffer.from(bundle) })) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    return await verifyWithStockTool({ folder, bundle: join(folder, 'model.sig'), publicKey });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** The story, in order. Each chapter stands on the one before it. */
export const chapters = (stage: Stage) => {
  const { client, plane, tell, publicKey } = stage;
  const shipped = shippedModel(MODEL.name, MODEL.version, MODEL.name);
  const name = `${shipped.model} ${shipped.version}`;
  let attempt = '';

  const clear = async (): Promise<Outcome> => {
    const [first, answer] = await submit(stage, shipped, shipped.files);
    attempt = first;
    tellReasons(tell, answer);
    return { ok: answer.outcome === 'registered', outcome: answer.outcome };
  };

  const clearOthers = async (): Promise<Outcome> => {
    const others = [
      ['digits-mlp', '1.0.0'],
      ['wine-logreg', '1.0.0'],
      ['breast-cancer-net', '1.0.0'],
    ].map(([model = '', version = '']) => shippedModel(model, version, model));
    const began = Date.now();
    const answers = await Promise.all(
      others.map(async (other) => {
        const answer = await client.answer(other, await client.drop(other, other.files));
        const detail = `${answer.outcome}, ${other.manifest.format}, tier ${answer.tier}`;
        tell.moment(Date.now() - began, other.model, detail);
        tellReasons(tell, answer);
        return answer;
      }),
    );
    const registered = answers.filter((answer) => answer.outcome === 'registered').length;
    return { ok: registered === others.length, outcome: `${registered} of ${others.length} registered` };
  };

  const look = async (): Promise<Outcome> => {
    const question = { model: shipped.model, version: shipped.version };
    const status = await plane.ask(registryApi.status, question);
    const lineage = await plane.ask(registryApi.lineage, question);
    const version = status?.registered;
    if (version === undefined || lineage === undefined) return { ok: false, outcome: 'not in the registry' };
    tell.note(`${version.model} ${version.version}  ${version.stage}, ${version.format}, tier ${version.tier}`);
    tell.note(`owner ${version.owner}`);
    tell.note(`root  ${version.root}`);
    for (const { relation, to, label } of lineage.upstream)
      tell.note(`  ├─ ${relation.padEnd(12)} ${to.slice(0, 32)}…  ${label}`);
    return { ok: lineage.upstream.length > 0, outcome: `registered, ${lineage.upstream.length} lineage edges` };
  };

  const verify = async (): Promise<Outcome> => {
    const bundle = (await client.text(`models/${shipped.model}/${shipped.version}/model.sig`)) ?? '';
    const tampered = { ...shipped.files, [WEIGHTS]: flipped(shipped.files[WEIGHTS] ?? new Uint8Array(1)) };
    const accepted = await stockVerdict(shipped.files, bundle, publicKey);
    const refused = await stockVerdict(tampered, bundle, publicKey);
    const last = (output: string) => output.trim().split('\n').at(-1) ?? '';
    tell.note(`model_signing verify key …   ${last(accepted.output)}`);
    tell.note(`… after one flipped bit      ${last(refused.output).slice(0, 80)}`);
    return { ok: accepted.ok && !refused.ok, outcome: 'accepted; refused after one flipped bit' };
  };

  const logged = async (): Promise<Outcome> => {
    const fact = factId(registry.events.versionRegistered, shipped.model, shipped.version);
    const { proof, whole, changed } = await showAuditLog(client, plane, fact);
    const last = (text: string) => text.split('\n').at(-1) ?? '';
    tell.note(`clearance audit prove …     ${proof}`);
    tell.note(`clearance audit verify …    ${last(whole.text)}`);
    tell.note(`… after one flipped bit     ${(changed.text.split('\n')[1] ?? '').trim().slice(0, 80)}`);
    return { ok: whole.ok && !changed.ok, outcome: 'proven, and whole; one flipped bit is found' };
  };

  const tamper = async (): Promise<Outcome> => {
    const files = { ...shipped.files, [WEIGHTS]: flipped(shipped.files[WEIGHTS] ?? new Uint8Array(1)) };
    const [, answer] = await submit(stage, shipped, files);
    tellReasons(tell, answer);
    return { ok: answer.outcome === 'rejected', outcome: `${answer.outcome} with ${count(answer.reasons)}` };
  };

  const poison = async (): Promise<Outcome> => {
    const next = shippedModel(MODEL.name, '1.1.0', MODEL.name);
    const files = redeclared({ ...next.files, [WEIGHTS]: hostilePickle('echo this would have run') }, next.manifest);
    const [, answer] = await submit(stage, next, files);
    tellReasons(tell, answer);
    return {
      ok: isRefusedFor('scanning.malicious-file')(answer),
      outcome: `${answer.outcome}: a pickle with a payload`,
    };
  };

  const redeliver = async (): Promise<Outcome> => {
    const outputs = await Promise.all(Array.from({ length: 5 }, () => client.announceAgain(shipped, attempt)));
    const ignored = outputs.filter((output) => (output as { outcome?: string })?.outcome === 'answered').length;
    const head = await plane.ask(registryApi.model, { model: shipped.model });
    tell.note(`5 more deliveries of the same event: ${ignored} ignored; versions registered: ${head?.head.versions}`);
    return { ok: ignored === 5 && head?.head.versions === 1, outcome: `${ignored} of 5 ignored` };
  };

  return [
    { title: `${name}, made by scikit-learn, is dropped into S3`, step: 'clear a model', play: clear },
    { title: 'Three more formats at the same time', step: 'clear safetensors, ONNX, PyTorch', play: clearOthers },
    { title: 'What the registry knows', step: 'registration and lineage', play: look },
    { title: 'The stock model_signing tool checks the signature', step: 'signature, by a tool not ours', play: verify },
    { title: 'The audit log, checked offline', step: 'registration is logged', play: logged },
    { title: `A tampered copy of ${name}`, step: 'tampered copy', play: tamper },
    { title: 'A pickle that would run a command', step: 'pickle with a payload', play: poison },
    { title: 'S3 delivers the first event again', step: 'redelivery', play: redeliver },
  ];
};

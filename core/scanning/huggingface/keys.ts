import type { KeyCheck } from '../documents/document.ts';
import { shown } from '../documents/document.ts';
import { type AllowedImports, judgeImport } from '../documents/imports.ts';
import { LAYERS } from '../documents/layers.ts';
import { isFields, stringsIn } from '../documents/walk.ts';
import { checkTemplate } from '../formats/chat-template.ts';
import { leavesFolder } from '../paths.ts';
import type { Scan } from '../scan.ts';
import { MEGATRON, PEFT_PARENTS, SENTENCE_TOKENIZERS } from './allowed.ts';

type At = { readonly member: string | undefined; readonly key: string };

/** `other/repository--module.Class` */
const ELSEWHERE = /^(.+)--([^-].*)$/;

/** One place that says which class of which Python file is to be used. */
export const reportCode = (scan: Scan, reference: string, { member, key }: At): void => {
  const elsewhere = ELSEWHERE.exec(reference);
  scan.report('huggingface.remote-code', { what: `${key} names ${shown(reference)}`, member });
  if (elsewhere !== null)
    scan.report('huggingface.code-elsewhere', { what: `${key} names the repository ${shown(elsewhere[1])}`, member });
  else if (member === undefined) scan.reference(`${reference.slice(0, reference.lastIndexOf('.'))}.py`);
};

export const reportImport = (scan: Scan, dotted: string, allowed: AllowedImports, { member, key }: At): void => {
  const judgement = judgeImport(dotted, allowed);
  if (judgement === 'allowed') return;
  const rule = judgement === 'dangerous' ? 'huggingface.import-dangerous' : 'huggingface.import';
  scan.report(rule, { what: `${key} names ${shown(dotted)}`, member });
};

const code: KeyCheck = (scan, { key, value }, { member }) => {
  for (const reference of stringsIn(value)) if (reference.includes('.')) reportCode(scan, reference, { member, key });
};

const customPipelines: KeyCheck = (scan, { key, value }, { member }) => {
  if (!isFields(value)) return;
  for (const each of Object.values(value))
    if (isFields(each) && typeof each.impl === 'string') reportCode(scan, each.impl, { member, key });
};

const trustRemoteCode: KeyCheck = (scan, { key, value }, { member }) => {
  if (value === true || /^(?:true|1|yes)$/i.test(String(value)))
    scan.report('huggingface.trust-remote-code', { what: `${key} is ${shown(value)}`, member });
};

/** Names of activations and tokenizers are single words, unless a class is to be imported. */
const dotted =
  (allowed: AllowedImports): KeyCheck =>
  (scan, { key, value }, { member }) => {
    if (typeof value === 'string' && /^[\w.]+$/.test(value) && value.includes('.'))
      reportImport(scan, value, allowed, { member, key });
  };

const matching =
  (pattern: RegExp): KeyCheck =>
  (scan, { key, value }, { member }) => {
    if (typeof value === 'string') reportImport(scan, value, { has: (name) => pattern.test(name) }, { member, key });
  };

/** `owner/repository@revision:kernel`, as transformers since 4.53 takes it; the prefix is one of its own. */
const KERNEL = /^(?:\w+\|)?[^/:\s]+\/[^/:\s]+(?:@[^/:\s]+)?(?::[^/:\s]+)?$/;
/** The organisation from which transformers takes kernels unless told otherwise. */
const OWN_KERNELS = /^(?:\w+\|)?kernels-community\//;

const kernel: KeyCheck = (scan, { key, value }, { member }) => {
  for (const name of stringsIn(value)) {
    if (!KERNEL.test(name)) continue;
    const rule = OWN_KERNELS.test(name) ? 'huggingface.code-elsewhere' : 'huggingface.kernel';
    scan.report(rule, { what: `${key} names ${shown(name)}`, member });
  }
};

const shards: KeyCheck = (scan, { key, value }, { member }) => {
  if (!isFields(value)) return;
  for (const file of new Set(stringsIn(value)))
    if (leavesFolder(file)) scan.report('huggingface.path', { what: `${key} names ${shown(file)}`, member });
};

/** A hub takes ids and folders; an address, or a share of another machine, is something else. */
const ADDRESS = /^(?:[A-Za-z][A-Za-z0-9+.-]*:\/\/|\\\\|\/\/)/;

const baseModel: KeyCheck = (scan, { key, value }, { member }) => {
  if (typeof value === 'string' && ADDRESS.test(value))
    scan.report('huggingface.base-model', { what: `${key} is ${shown(value)}`, member });
};

/** One template, or several as `{ name, template }`. */
const templates: KeyCheck = async (scan, { key, value }, { member }) => {
  if (typeof value === 'string') await checkTemplate(scan, value, { member, name: key });
  if (!Array.isArray(value)) return;
  for (const each of value)
    if (isFields(each) && typeof each.template === 'string')
      await checkTemplate(scan, each.template, { member, name: `${key} ${shown(each.name)}` });
};

export const HUGGINGFACE_KEYS: Readonly<Record<string, KeyCheck>> = {
  auto_map: code,
  custom_pipelines: customPipelines,
  trust_remote_code: trustRemoteCode,
  activation_function: dotted(LAYERS),
  activation_fn: dotted(LAYERS),
  tokenizer_class: dotted(SENTENCE_TOKENIZERS),
  parent_library: matching(PEFT_PARENTS),
  megatron_core: matching(MEGATRON),
  attn_implementation: kernel,
  _attn_implementation: kernel,
  _attn_implementation_internal: kernel,
  experts_implementation: kernel,
  _experts_implementation: kernel,
  _experts_implementation_internal: kernel,
  weight_map: shards,
  base_model_name_or_path: baseModel,
  chat_template: templates,
};

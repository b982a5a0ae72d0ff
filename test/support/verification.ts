import { expect } from 'vitest';
import { canonicalJson } from '../../core/kernel/canonical-json.ts';
import { Reason } from '../../core/kernel/reason.ts';
import { omsStatement } from '../../core/signing/oms.ts';
import { type VerificationRequest, verifyBundle } from '../../core/signing/verify-bundle.ts';
import { resourcesOf, signFiles, signPayload } from './signed-model.ts';

export const FILES = { 'manifest.json': '{"model":"iris"}', 'model.bin': 'weights', 'sub/vocab.txt': '' };
export const { bundle, publicKeyPem, resources } = await signFiles(FILES);

/** Rule and path of every reason; none means that the bundle is valid. */
export const reasons = (request: VerificationRequest): string[] => {
  const verification = verifyBundle(request);
  if (verification.outcome === 'valid') return [];
  for (const reason of verification.reasons) {
    expect(Reason.parse(reason)).toEqual(reason);
    expect(() => canonicalJson(reason)).not.toThrow();
  }
  return verification.reasons.map(({ rule, path }) => `${rule} ${path ?? ''}`.trim());
};

export const withFiles = (files: Record<string, string>) =>
  reasons({ bundle, publicKeyPem, files: resourcesOf(files) });

// biome-ignore lint/suspicious/noExplicitAny: tests reach into documents of any shape
export type Document = any;

export const edited = (text: string, edit: (document: Document) => void): string => {
  const document = JSON.parse(text);
  edit(document);
  return JSON.stringify(document);
};
/** What is wrong with the bundle after an edit that nobody signed. */
export const withBundle = (edit: (document: Document) => void) =>
  reasons({ bundle: edited(bundle, edit), publicKeyPem, files: resources });

/** A statement that was really signed, but should not have been. */
export const withStatement = async (edit: (statement: Document) => void, files = resources) => {
  const signed = await signPayload(edited(omsStatement({ name: '3', resources: files }), edit));
  return reasons({ ...signed, files });
};

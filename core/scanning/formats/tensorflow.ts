import type { Content } from '../content.ts';
import type { Scan } from '../scan.ts';
import { mayBeSavedModel, scanSavedModel } from './saved-model.ts';
import { isCheckpointIndex, scanCheckpointIndex, scanKerasMetadata } from './tensorflow-files.ts';

/** The files of a SavedModel, none of which has a magic at its start. @returns what it is, undefined if it is none */
export const scanTensorflow = async (scan: Scan, content: Content, head: Uint8Array): Promise<string | undefined> => {
  const { source, name, member } = content;
  if (mayBeSavedModel(head)) {
    const model = await scanSavedModel(scan, source, { head, member });
    if (model !== undefined) return model;
  }
  if (await scanKerasMetadata(scan, source, { head, member })) return 'keras-metadata';
  if (!(await isCheckpointIndex(head, source))) return undefined;
  await scan.attempt(async () => scanCheckpointIndex(scan, head, name), member);
  return 'tensorflow-checkpoint';
};

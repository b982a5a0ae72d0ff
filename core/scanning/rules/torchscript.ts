import { malicious, type Rule, suspicious, unreadable } from './rule.ts';

const EXPORT = 'Save a state dict as safetensors, or export to ONNX.';

export const TORCHSCRIPT_RULES = {
  'torch.script': unreadable('TorchScript contains code that is not analysed.', EXPORT),
  'torch.script-opens': malicious(
    'The code of the model reads or writes files, or calls other processes, when it runs.',
  ),
  'torch.script-operator': suspicious(
    'An operator of no library that torch brings along is code that must be loaded.',
    EXPORT,
  ),
} satisfies Record<string, Rule>;

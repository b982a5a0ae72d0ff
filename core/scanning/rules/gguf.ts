import { REWRITE, type Rule, suspicious, unreadable } from './rule.ts';

export const GGUF_RULES = {
  'gguf.version': unreadable('Only versions 2 and 3 of GGUF, little-endian, are read.', REWRITE),
  'gguf.header': suspicious('The header breaks the rules of GGUF; readers written in C have trusted it and crashed.'),
  'gguf.layout': suspicious('Tensors overlap, leave the file or leave holes: bytes can hide in the file.'),
} satisfies Record<string, Rule>;

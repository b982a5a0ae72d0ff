import { pairsOf, qualified } from '../allowlists/source.ts';
import { TORCH_LAYERS } from '../allowlists/torch.ts';
import { type AllowedImports, allowedImports, splitAtName } from './imports.ts';

/** Only the layers: the list is one for pickles, and has helpers too whose arguments are looked at there. */
const modules = pairsOf(TORCH_LAYERS.calls).filter(([module]) => module.startsWith('torch.nn.modules.'));
const inPlace = new Set(modules.map((pair) => qualified(...pair)));
const names = [...new Set(modules.map(([, name]) => name))];
const short = allowedImports(`torch.nn: ${names.join(' ')}`);

/** Layers of torch by their place, or by the short name that torch.nn gives them. */
export const LAYERS: AllowedImports = {
  has: (dotted) => short.has(dotted) || inPlace.has(qualified(...splitAtName(dotted))),
};

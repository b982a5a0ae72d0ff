import type { Manifest } from '../intake/manifest.ts';
import { show } from '../kernel/reason.ts';
import type { GateFinding } from './contract.ts';

const SHOWN = 5;

/** `..` is resolved by whoever fetches the address, and an encoded one by some of them. */
const CLIMBS = /(?:^|\/)(?:\.|%2e){2}(?:\/|$)|\\/i;

/** A data set from elsewhere may be anybody's: what it teaches the model is chosen by whoever can write there. */
export const sourceFindings = ({ training }: Manifest, sources: readonly string[]): GateFinding[] => {
  if (sources.length === 0) return [];
  const shown = sources.slice(0, SHOWN).join(', ');
  return (training?.datasets ?? []).flatMap(({ name, uri }, index): GateFinding[] => {
    if (sources.some((source) => uri.startsWith(source)) && !CLIMBS.test(uri)) return [];
    return [
      {
        gate: 'provenance.dataset-source',
        outcome: 'fail',
        message: `data set ${name} comes from a source that this stage does not know`,
        path: `$.training.datasets[${index}].uri`,
        measured: show(uri),
        threshold: sources.length > SHOWN ? `${shown} and ${sources.length - SHOWN} more` : shown,
        fix: 'Take the data from a source that is allowed, or have the source added to gates.sources of the stage.',
      },
    ];
  });
};

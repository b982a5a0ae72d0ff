import { type Import, importsOf, type Sources, targetOf, withoutComments } from './source.ts';

/** Packages that core may import beside zod, node:crypto and node:zlib: pure functions of their arguments. */
export const PURE_LIBRARIES: Readonly<Record<string, string>> = {
  '@cedar-policy/cedar-wasm/nodejs': 'the policy engine: text and entities in, a decision out; no clock, no network',
  '@huggingface/jinja': 'the parser of chat templates: text in, a syntax tree out; nothing is rendered; no dependency',
  yaml: 'reads YAML: text in, values out; no dependency, builds no object of a type that the text names',
  'seek-bzip': 'unpacks bzip2: bytes in, bytes out, one at a time into whatever bounds them',
  hyparquet: 'reads Parquet: bytes in, rows out; no dependency, no clock, no network unless given an address',
};

const CORE_PACKAGES = new Set(['zod', 'node:crypto', 'node:zlib', ...Object.keys(PURE_LIBRARIES)]);
const CDK = /^(?:aws-cdk-lib|constructs|cdk-nag)(?:\/|$)/;
const SDK = /^@(?:aws-sdk|smithy)\//;

/**
 * What other layers and capabilities may see of a capability: its contract, and the contracts that the world sees too,
 * the HTTP API, the manifest and the SLO document. Kernel and data sets are common ground.
 */
const isContract = (path: string) =>
  /^core\/(?:kernel|data-set)\//.test(path) ||
  /^core\/[^/]+\/(?:contract|api)\.ts$/.test(path) ||
  ['core/intake/manifest.ts', 'core/slo/slo-document.ts'].includes(path);

const capabilityOf = (path: string) => path.split('/')[1] ?? '';
const layerOf = (path: string) => path.split('/')[0] ?? '';

type Rule = (from: string, target: string) => string | undefined;

const forPackages: Readonly<Record<string, Rule>> = {
  core: (_, name) => (CORE_PACKAGES.has(name) ? undefined : 'core imports pure libraries only'),
  lib: (_, name) =>
    SDK.test(name) || name === 'cdk-nag' ? 'lib describes, it does not call AWS or judge itself' : undefined,
  functions: (from, name) =>
    CDK.test(name)
      ? 'functions never reach CDK'
      : SDK.test(name) && !from.endsWith('.adapter.ts')
        ? 'the SDK is imported by adapters only'
        : undefined,
  readers: () => 'readers bring no library into a server: what core needs is enough',
  cli: (_, name) => (CDK.test(name) ? 'the CLI never reaches CDK' : undefined),
};

const forFiles: Readonly<Record<string, Rule>> = {
  core: (from, target) =>
    layerOf(target) !== 'core'
      ? 'core imports core only'
      : capabilityOf(from) === capabilityOf(target) || isContract(target)
        ? undefined
        : 'capabilities meet at contracts and on common ground only',
  lib: (_, target) =>
    layerOf(target) === 'lib' || isContract(target) ? undefined : 'lib sees lib, contracts and the kernel only',
  functions: (from, target) =>
    layerOf(target) === 'core' ||
    (layerOf(target) === 'functions' && ['platform', capabilityOf(from)].includes(capabilityOf(target)))
      ? undefined
      : 'functions see core, their own capability and functions/platform only',
  cli: (_, target) =>
    ['cli', 'core', 'package.json'].includes(layerOf(target)) ? undefined : 'the CLI sees core only',
  readers: (_, target) => (['readers', 'core'].includes(layerOf(target)) ? undefined : 'readers see core only'),
  bin: (_, target) => (layerOf(target) === 'lib' ? undefined : 'the app sees lib only'),
};

const violationOf = (found: Import): string | undefined => {
  const { from, specifier } = found;
  const target = targetOf(found);
  const law =
    target === undefined ? forPackages[layerOf(from)]?.(from, specifier) : forFiles[layerOf(from)]?.(from, target);
  return law === undefined ? undefined : `${from} imports ${specifier}: ${law}`;
};

const REEXPORTS_ONLY = /^\s*(?:export\s+(?:type\s+)?(?:\*|\{[^}]*\})\s*(?:as\s+\w+\s*)?from\s*['"]\.[^'"]*['"];?\s*)+$/;

/** A file that only passes on what others export hides where things are, and makes cycles. */
const isBarrel = (path: string, text: string): boolean =>
  /(?:^|\/)index\.ts$/.test(path) || REEXPORTS_ONLY.test(withoutComments(text));

/** Each cycle once, as the path that closes it. */
const cyclesIn = (sources: Sources): string[] => {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) cycles.push([...trail.slice(at), path].join(' → '));
    if (at >= 0 || done.has(path)) return;
    for (const found of importsOf(path, sources.get(path) ?? '')) {
      const target = targetOf(found);
      if (target !== undefined && sources.has(target)) visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const path of sources.keys()) visit(path, []);
  return cycles;
};

/** Every import that the law forbids, every barrel, every cycle. */
export const importLawViolations = (sources: Sources): string[] => [
  ...[...sources].flatMap(([path, text]) => importsOf(path, text).flatMap((found) => violationOf(found) ?? [])),
  ...[...sources].filter(([path, text]) => isBarrel(path, text)).map(([path]) => `${path} is a barrel`),
  ...cyclesIn(sources).map((cycle) => `cycle: ${cycle}`),
];

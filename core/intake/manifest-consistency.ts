import { Digest } from '../kernel/digest.ts';
import { type Reason, show } from '../kernel/reason.ts';
import { MANIFEST } from './contract.ts';
import { jsonPath, valueAt } from './json-path.ts';
import { refuseName } from './object-names.ts';

type Place = { readonly model: string; readonly version: string };
type Path = readonly PropertyKey[];
type Element = { readonly path: Path; readonly value: unknown };

const elementsAt = (document: unknown, path: Path): Element[] => {
  const list = valueAt(document, path);
  return Array.isArray(list) ? list.map((value, index) => ({ path: [...path, index], value })) : [];
};

const textAt = (document: unknown, path: Path): string | undefined => {
  const value = valueAt(document, path);
  return typeof value === 'string' ? value : undefined;
};

const numberAt = (document: unknown, path: Path): number | undefined => {
  const value = valueAt(document, path);
  return typeof value === 'number' ? value : undefined;
};

const contradiction = (path: Path, message: string, found: unknown, allowed: string): Reason => ({
  rule: 'intake.manifest-contradiction',
  path: jsonPath(path),
  message,
  found: show(found),
  allowed,
});

const wrongPlace = (document: unknown, place: Place): Reason[] =>
  (['model', 'version'] as const).flatMap((name) => {
    const declared = textAt(document, [name]);
    if (declared === undefined || declared === place[name]) return [];
    return {
      rule: 'intake.manifest-wrong-place',
      path: jsonPath([name]),
      message: `the manifest lies under models/${place.model}/${place.version}/`,
      found: show(declared),
      allowed: show(place[name]),
      fix: `Correct ${name}, or upload under models/<model>/<version>/ as the manifest says.`,
    };
  });

type Identity = { readonly list: Path; readonly what: string; readonly by: readonly [string, ...string[]] };

/** Lists in which an entry is found by name: a second one of the same name could only be guessed at. */
const NAMED: readonly Identity[] = [
  { list: ['files'], what: 'this file', by: ['path'] },
  { list: ['training', 'datasets'], what: 'this data set', by: ['name'] },
  { list: ['training', 'parents'], what: 'this parent', by: ['model', 'version'] },
  { list: ['metrics'], what: 'this metric on this data set', by: ['name', 'dataset'] },
  { list: ['groupMetrics'], what: 'this metric by this attribute', by: ['name', 'attribute'] },
  { list: ['features'], what: 'this feature', by: ['name'] },
];

const repeated = (document: unknown, { list, what, by }: Identity): Reason[] => {
  const seen = new Map<string, Path>();
  return elementsAt(document, list).flatMap(({ path, value }) => {
    const [leading] = by;
    if (textAt(value, [leading]) === undefined) return [];
    const identity = JSON.stringify(by.map((name) => valueAt(value, [name])));
    const first = seen.get(identity);
    if (first === undefined) seen.set(identity, path);
    return first === undefined
      ? []
      : {
          rule: 'intake.manifest-duplicate',
          path: jsonPath([...path, leading]),
          message: `${what} stands twice`,
          found: show(valueAt(value, [leading])),
          allowed: `one entry; ${jsonPath(first)} is the first`,
        };
  });
};

/** Names that must never be signed, each at its place in the manifest. */
const refusedNames = (document: unknown): Reason[] => {
  const named = elementsAt(document, ['files']).flatMap(({ path, value }) => {
    const name = textAt(value, ['path']);
    return name === undefined || name === '' ? [] : [{ name, path: jsonPath([...path, 'path']) }];
  });
  const itself: Pick<Reason, 'message' | 'fix'> = {
    message: 'a manifest cannot declare its own digest',
    fix: `Leave ${MANIFEST} out of files; it is signed all the same.`,
  };
  return named.flatMap(({ name, path }) => {
    const refusal = name === MANIFEST ? { rule: 'intake.name-refused', ...itself } : refuseName(name);
    return refusal === undefined ? [] : [{ ...refusal, path, found: show(name) }];
  });
};

type Reference = { readonly file: Path; readonly digest: Path };

/** Fields that name a file of this version, and the digest they claim for it. */
const REFERENCES: readonly Reference[] = [
  { file: ['baseline', 'path'], digest: ['baseline', 'digest'] },
  { file: ['training', 'sample', 'path'], digest: ['training', 'sample', 'digest'] },
  { file: ['training', 'environment', 'lockFile'], digest: ['training', 'environment', 'lock'] },
];

const digestAt = (document: unknown, path: Path): string | undefined => Digest.safeParse(valueAt(document, path)).data;

/** A reference is blamed only once every declared file has a name: otherwise the missing name is the mistake. */
const brokenReferences = (document: unknown): Reason[] => {
  const files = elementsAt(document, ['files']);
  const digests = new Map(files.map(({ value }) => [textAt(value, ['path']), digestAt(value, ['digest'])]));
  if (files.length === 0 || digests.has(undefined)) return [];
  return REFERENCES.flatMap(({ file, digest }) => {
    const name = textAt(document, file);
    if (name === undefined || name === '') return [];
    if (!digests.has(name))
      return contradiction(file, 'no such file is declared', name, 'the path of an entry in files');
    const [claimed, declared] = [digestAt(document, digest), digests.get(name)];
    if (claimed === undefined || declared === undefined || claimed === declared) return [];
    return contradiction(digest, `files declares another digest for ${show(name)}`, claimed, declared);
  });
};

const turnedAround = (element: Element, low: string, high: string): Reason[] => {
  const [from, to] = [numberAt(element.value, [low]), numberAt(element.value, [high])];
  if (from === undefined || to === undefined || from <= to) return [];
  return [contradiction([...element.path, low], `${low} is above ${high}`, from, `at most ${high}, which is ${to}`)];
};

const wrongRanges = (document: unknown): Reason[] => [
  ...elementsAt(document, ['features']).flatMap((feature) => turnedAround(feature, 'minimum', 'maximum')),
  ...elementsAt(document, ['metrics'])
    .map(({ path, value }) => ({ path: [...path, 'interval'], value: valueAt(value, ['interval']) }))
    .flatMap((interval) => turnedAround(interval, 'low', 'high')),
];

const strayCategories = (document: unknown): Reason[] =>
  elementsAt(document, ['features']).flatMap(({ path, value }) => {
    const [type, categories] = [textAt(value, ['type']), valueAt(value, ['categories'])];
    if (type === undefined || type === 'category' || categories === undefined) return [];
    const message = 'only a feature of type category has categories';
    return contradiction([...path, 'categories'], message, categories, `nothing for type ${type}`);
  });

const ownParent = (document: unknown): Reason[] =>
  elementsAt(document, ['training', 'parents']).flatMap(({ path, value }) => {
    const [model, version] = [textAt(value, ['model']), textAt(value, ['version'])];
    const itself = model === textAt(document, ['model']) && version === textAt(document, ['version']);
    if (model === undefined || version === undefined || !itself) return [];
    return contradiction(path, 'a version is not made from itself', value, 'another version');
  });

const DATA_SETS: readonly { at: Path; what: string }[] = [
  { at: ['baseline'], what: 'a baseline' },
  { at: ['training', 'sample'], what: 'a training sample' },
];

/** A data set is one file, and what is not among the uploaded bytes is pinned by its digest. */
const unpinnedDataSets = (document: unknown): Reason[] =>
  DATA_SETS.flatMap(({ at, what }) => {
    const [path, uri] = [textAt(document, [...at, 'path']), textAt(document, [...at, 'uri'])];
    const declared = valueAt(document, at);
    if (typeof declared !== 'object' || declared === null || Array.isArray(declared)) return [];
    if ((path === undefined) === (uri === undefined))
      return contradiction(at, `${what} has one address`, declared, 'either path or uri');
    if (uri === undefined || valueAt(document, [...at, 'digest']) !== undefined) return [];
    return contradiction([...at, 'digest'], `${what} at a uri is pinned by its digest`, undefined, 'a digest');
  });

/** A block is named in the answer, so it is nothing personal; and labels that are their own blocks cannot be compared. */
const unusableBlock = (document: unknown): Reason[] => {
  const at = ['training', 'sample', 'block'];
  const block = textAt(document, at);
  if (block === undefined) return [];
  const personal = elementsAt(document, ['features']).some(
    ({ value }) => textAt(value, ['name']) === block && valueAt(value, ['personal']) === true,
  );
  const isLabel = block === textAt(document, ['training', 'sample', 'label']);
  return [
    ...(personal ? [contradiction(at, 'names of blocks are told, and this is personal', block, 'another column')] : []),
    ...(isLabel ? [contradiction(at, 'this is the label', block, 'a column that says what each row came in')] : []),
  ];
};

/**
 * What the schema cannot say because it takes two fields to see. The document is looked at as it was written, so that
 * the sound half of a manifest is judged even when the schema refuses the other half.
 */
export const contradictionsIn = (document: unknown, place: Place): Reason[] => [
  ...wrongPlace(document, place),
  ...NAMED.flatMap((identity) => repeated(document, identity)),
  ...refusedNames(document),
  ...brokenReferences(document),
  ...wrongRanges(document),
  ...strayCategories(document),
  ...ownParent(document),
  ...unpinnedDataSets(document),
  ...unusableBlock(document),
];

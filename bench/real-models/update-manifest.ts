import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENVIRONMENTS, writeModels } from './environments.ts';
import { listModels, type ModelFile, manifestPath } from './model-files.ts';

const HEADER = `# Every real model that the benchmarks scan, made by the scripts in makers/ with the versions in requirements/:
# environment/library version/file, size, SHA-256; "-" where two runs differed. Written by update-manifest.ts.
`;

const line = (environment: string, first: ModelFile, second: ModelFile | undefined): string => {
  const size = first.size === second?.size ? first.size : '-';
  const sha256 = first.sha256 === second?.sha256 ? first.sha256 : '-';
  return `${environment}/${first.path}\t${size}\t${sha256}`;
};

const tell = (text: string): void => console.error(text);

/** Makes everything twice, to know what does not depend on when it was made. */
const main = async (): Promise<void> => {
  const lines: string[] = [];
  for (const name of Object.keys(ENVIRONMENTS)) {
    const folders = [mkdtempSync(join(tmpdir(), 'models-')), mkdtempSync(join(tmpdir(), 'models-'))];
    try {
      for (const folder of folders) await writeModels(name, { folder }, tell);
      const [first = [], second = []] = folders.map(listModels);
      const again = new Map(second.map((file) => [file.path, file]));
      lines.push(...first.map((file) => line(name, file, again.get(file.path))));
    } finally {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    }
  }
  writeFileSync(manifestPath, `${HEADER}${lines.join('\n')}\n`);
  tell(`${lines.length} files`);
};

await main();

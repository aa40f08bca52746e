// Loaded into a process before anything of Sluice's: whatever writes in the folder READ_ONLY fails as on a disk that is
// mounted read-only, which not every machine lets a test do.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve } from 'node:path';

const folder = resolve(process.env.READ_ONLY ?? '');

for (const act of ['writeFileSync', 'renameSync', 'rmSync', 'mkdtempSync', 'linkSync']) {
  const real = fs[act];
  fs[act] = (path, ...rest) => {
    if (resolve(String(path)).startsWith(`${folder}/`)) {
      throw Object.assign(new Error(`EROFS: read-only file system, ${act} '${path}'`), { code: 'EROFS' });
    }
    return real.call(fs, path, ...rest);
  };
}
syncBuiltinESMExports();

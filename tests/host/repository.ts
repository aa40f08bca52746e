import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { temporaryFolder } from '../deploy/local-app-engine.ts';

/** A repository with an app in the folder apps/web, on the branch main. */
export async function repository() {
  const folder = await temporaryFolder();
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  const git = async (...args: string[]) => (await execa('git', [...who, ...args], { cwd: folder })).stdout;
  const commit = async (subject: string) => {
    await mkdir(join(folder, 'apps/web'), { recursive: true });
    await writeFile(join(folder, 'apps/web/app.yaml'), `# ${subject}\nruntime: nodejs22\n`);
    await git('add', '.');
    await git('commit', '-q', '-m', subject);
    return git('rev-parse', 'HEAD');
  };
  await git('init', '-q', '-b', 'main');
  return { folder, git, commit };
}

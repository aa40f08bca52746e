import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Files in a folder of the app. */
const A_FOLDER = 50;

const SERVER = `require('node:http').createServer((_, response) => response.end('ok')).listen(process.env.PORT);\n`;
/** What gcloud would write into the folder if there were none. */
const IGNORES = '.gcloudignore\n.git\n.gitignore\nnode_modules/\n';
const CRON = `cron:
- {url: /tasks/scan, schedule: every 10 minutes, description: look for signals}
- {url: /tasks/report, schedule: every day 06:00, description: what was found}
- {url: /tasks/tidy, schedule: every monday 03:00, description: old files}
`;

/** Writes a Node app that uploads `files` files of 200 to 2,000 bytes, none of which any other app has. */
export async function writeApp(folder: string, files: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'app.yaml'), `# ${stamp()}\nruntime: nodejs20\n`);
  await writeFile(join(folder, 'server.js'), SERVER + comment());
  await writeFile(join(folder, 'cron.yaml'), CRON);
  await writeFile(join(folder, '.gcloudignore'), `${IGNORES}cron.yaml\n`);
  const others = Array.from({ length: files - 2 }, (_, i) => i);
  for (const i of others) {
    const part = join(folder, `part-${Math.floor(i / A_FOLDER)}`);
    if (i % A_FOLDER === 0) await mkdir(part, { recursive: true });
    await writeFile(join(part, `file-${i}.js`), `${comment()}${'x'.repeat(200 + ((i * 37) % 1_800))}\n`);
  }
}

/** Makes three of its files others. */
export async function changeThree(folder: string): Promise<void> {
  for (const i of [0, 1, 2]) await writeFile(join(folder, 'part-0', `file-${i}.js`), comment());
}

const comment = () => `// ${stamp()}\n`;

function stamp(): string {
  return `${process.pid} ${performance.now()} ${Math.random()}`;
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, type JsonObject, objectAt, textAt } from './json.ts';

/**
 * The shell command that serves a version, found as the Node runtime finds it: `entrypoint`, else the start script of
 * package.json, else `node server.js`. The script is run without npm itself, whose start costs a third of a second.
 * @throws Error for a container image
 */
export async function startCommand(spec: JsonObject, folder: string): Promise<string> {
  const image = textAt(objectAt(objectAt(spec, 'deployment'), 'container'), 'image');
  if (image !== undefined) {
    throw new Error(
      `The local App Engine runs no container images, and so nothing serves ${image}: look at it on Google's.`,
    );
  }
  const entrypoint = textAt(objectAt(spec, 'entrypoint'), 'shell')?.trim();
  if (entrypoint) return entrypoint;
  const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  const parsed: unknown = JSON.parse(manifest);
  const scripts = objectAt(isObject(parsed) ? parsed : {}, 'scripts');
  const start = [textAt(scripts, 'prestart'), textAt(scripts, 'start')].filter((one) => one !== undefined);
  return start.length > 0 ? start.join(' && ') : 'node server.js';
}

import { readFile } from 'node:fs/promises';
import { CloudError } from '../google/cloud-error.ts';

/**
 * The text of a config file.
 * @param holds what the file says, for the sentence: "the cron jobs".
 * @throws CloudError when there is none, or it is not UTF-8.
 */
export async function readConfigText(path: string, holds: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof TypeError)
      throw new CloudError('invalid', `${path} is not written in UTF-8: save it so.`);
    const gone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const why = gone ? 'there is no such file' : (error as Error).message;
    throw new CloudError('invalid', `Could not read ${holds} of ${path}: ${why}.`);
  }
}

import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Process, sluice } from '../process/sluice.ts';

/** Secrets that occur nowhere else, so that whoever finds one has found a leak. */
export const TOKEN = '7654321098:canary-bot-token-AAAAAAAAAAAAAAAAAAAAAA';
export const CONTROL_TOKEN = 'canary-control-token-0123456789abcdef0123456789';
export const HEARTBEAT_PATH = '/ping/canary-heartbeat-5f3a1c';
const PASSWORD = 'canary-password-in-an-address';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const KEY_LINES = privateKey.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));

/** A service account's key file. */
export const KEY_FILE = JSON.stringify({
  type: 'service_account',
  project_id: 'demo-project',
  private_key_id: 'canary-private-key-id-77',
  private_key: privateKey,
  client_email: 'sluice@demo-project.iam.gserviceaccount.com',
  client_id: '1',
  token_uri: 'https://oauth2.invalid/token',
});

const CANARIES = [
  TOKEN,
  encodeURIComponent(TOKEN),
  CONTROL_TOKEN,
  HEARTBEAT_PATH,
  PASSWORD,
  'canary-private-key-id-77',
  ...KEY_LINES,
];

/** What a server that is badly made might answer with. */
export const ECHO = [
  TOKEN,
  CONTROL_TOKEN,
  HEARTBEAT_PATH,
  `https://ada:${PASSWORD}@git.example.com/x.git`,
  KEY_LINES[0],
].join(' | ');

/** @param where says what was searched. */
export function expectNone(where: string, text: string, also: readonly string[] = []): void {
  for (const canary of [...CANARIES, ...also])
    expect(text.includes(canary), `${where} has ${canary} in it:\n${around(text, canary)}`).toBe(false);
}

function around(text: string, words: string): string {
  const at = text.indexOf(words);
  return text.slice(Math.max(0, at - 300), at + words.length + 100);
}

/** All files below a folder, as one text. */
export async function contents(folder: string, leaveOut: readonly string[] = []): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !leaveOut.some((part) => path.includes(part)));
  const texts = await Promise.all(files.map((path) => readFile(path, 'latin1').catch(() => '')));
  return texts.join('\n');
}

/** Runs a command to its end and looks for canaries in all that it has printed. */
export async function runToEnd(
  args: string[],
  cwd: string,
  env: Record<string, string>,
): Promise<{ code: number | null; text: string; process: Process }> {
  const process = sluice(args, cwd, env);
  const code = await process.ended();
  const text = process.out() + process.err();
  expectNone(`sluice ${args.join(' ')}`, text);
  return { code, text, process };
}

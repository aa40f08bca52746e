import type { Check } from '../plan/terms.ts';
import type { LogLine } from './error-logs.ts';
import type { VersionSummary } from './versions.ts';

export function checkVersion(version: string, found: VersionSummary | undefined): Check {
  const name = 'Version';
  if (!found) return { name, ok: false, detail: `App Engine has no version ${version}.` };
  const ok = found.servingStatus === 'SERVING';
  return {
    name,
    ok,
    detail: `${version} runs on ${found.runtime} and is ${ok ? 'serving' : found.servingStatus.toLowerCase()}.`,
  };
}

export function checkLogs(lines: readonly LogLine[]): Check {
  const name = 'Error logs';
  const [first] = lines;
  if (!first) return { name, ok: true, detail: 'None.' };
  const count = lines.length === 1 ? '1 entry' : `${lines.length} entries`;
  return { name, ok: false, detail: `${count}, the latest: "${snippet(first.text)}".` };
}

function snippet(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 117)}...` : line;
}

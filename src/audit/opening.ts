import type { Found } from './chain-file.ts';
import type { End, Entry } from './line.ts';

/** What is not as the process before left it; undefined when all is. */
export function sayFound(found: Found, lost: End | undefined, path: string): string | undefined {
  if (found.kind === 'broken') {
    return `The last line of ${path} is not as it was written, so nothing can follow it. The file was put aside as ${found.aside}; the audit begins anew.`;
  }
  if (lost) {
    return `The audit had a line ${lost.seq} with the hash ${lost.hash}, and ${path} has none such now: lines were taken away or replaced. Compare it with a copy, and with the heads in the chat.`;
  }
  if (found.kind === 'torn') {
    return `The last line of ${path} was never finished, and was taken away (${found.bytes} bytes): a process died while it wrote. What a journal has of it is told again.`;
  }
  return undefined;
}

/** What the audit says of itself at a start: that it begins, with which key, or that it is not as it was left. */
export function opening(
  { seq }: End,
  key: 'made' | 'known',
  fault: string | undefined,
  publicKey: string,
  at: number,
): Entry | undefined {
  const words = fault === undefined ? {} : { words: fault };
  if (seq === 0) return { at, act: 'audit-begun', key: publicKey, ...words };
  if (key === 'made') return { at, act: 'audit-key', key: publicKey, ...words };
  return fault === undefined ? undefined : { at, act: 'audit-found', ...words };
}

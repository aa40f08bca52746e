import type { Command } from './wire.ts';

/** The commands that could be meant by what is typed: only while it is one word that begins with a slash. */
export function completions(typed: string, commands: readonly Command[]): readonly Command[] {
  const word = /^\/([a-z0-9_]*)$/i.exec(typed)?.[1]?.toLowerCase();
  if (word === undefined) return [];
  return commands.filter((c) => c.command.startsWith(word));
}

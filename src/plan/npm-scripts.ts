import type { Script } from './starter.ts';

/** What `npm init` writes where there are no tests. */
const NO_TESTS = 'no test specified';

/**
 * The scripts of a package.json that can tell whether its code is fit for a release.
 * @param text of the file; none are found in what is no package.json.
 */
export function scriptsToPass(text: string): Script[] {
  const names: readonly Script[] = ['lint', 'test'];
  const scripts = scriptsOf(text);
  return names.filter((name) => {
    const script = scripts?.[name];
    return typeof script === 'string' && script.trim() !== '' && !script.includes(NO_TESTS);
  });
}

function scriptsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return (JSON.parse(text) as { scripts?: Record<string, unknown> } | null)?.scripts;
  } catch {
    // A broken package.json is npm's to tell; a first plan does without.
    return undefined;
  }
}

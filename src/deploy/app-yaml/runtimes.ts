/** What App Engine's runtimes differ in before anything is built. Patterns as gcloud has them: they fit a beginning. */

const NODE = '# Node.js dependencies:\nnode_modules/\n';
const PYTHON = '# Python pycache:\n__pycache__/\n# Ignored by the build system\n/setup.cfg\n';
const PHP = '# PHP Composer dependencies:\n/vendor/\n';
const JAVA = '# Target directory for maven builds\ntarget/\n';
const GO =
  '# Binaries for programs and plugins\n*.exe\n*.exe~\n*.dll\n*.so\n*.dylib\n# Tests and coverage\n*.test\n*.out\n';
/** Of every one of them. .gitignore's own rules are never applied. */
const EVERYWHERE = '.gcloudignore\n.git\n.gitignore\n';

const SECOND_GENERATION: readonly { readonly names: RegExp; readonly ignored: string }[] = [
  { names: /^nodejs\d*/, ignored: NODE },
  { names: /^php[789]\d*/, ignored: PHP },
  { names: /^python3\d*/, ignored: PYTHON },
  { names: /^go1\d\d(?:\w+\d)?/, ignored: GO },
  { names: /^java[123456]\d*/, ignored: JAVA },
];

/** The rules for a folder without .gcloudignore; undefined for runtimes that have skip_files instead. */
export function ignoredByDefault(runtime: string): string | undefined {
  const found = SECOND_GENERATION.find(({ names }) => names.test(runtime));
  return found && EVERYWHERE + found.ignored;
}

/** Go's source is staged by a program of Google's before it is uploaded. */
export function isStagedGo(runtime: string, environment: 'standard' | 'flexible'): boolean {
  if (/^(?:go|go1\..+)$/.test(runtime)) return true;
  return environment === 'standard' && /^go1\d\d(?:\w+\d)?$/.test(runtime);
}

/** What runtimes with skip_files leave at home in the standard environment: dot files, backups, byte code. */
export const SKIPPED_IN_STANDARD = String.raw`^(.*/)?((#.*#)|(.*~)|(.*\.py[co])|(.*/RCS/.*)|(\..*)|)$`;
/** The same for flex; dot files stay, but for git's. */
export const SKIPPED_IN_FLEX = [
  '^(.*/)?#.*#$',
  '^(.*/)?.*~$',
  String.raw`^(.*/)?.*\.py[co]$`,
  '^(.*/)?.*/RCS/.*$',
  '^(.*/)?.git(ignore|/.*)$',
  '^(.*/)?node_modules/.*$',
].join('|');

/** In bytes, for a single file; gcloud sets it for the first generation only. */
export function largestFile(runtime: string): number | undefined {
  const limited = ['java7', 'java8', 'java8g', 'python27', 'go19', 'php55'];
  return limited.includes(runtime) ? 32 * 1024 * 1024 : undefined;
}

/** Names with dots or a gs:// path are builders of flex only. @returns what is wrong with the name. */
export function runtimeFault(runtime: string, flexible: boolean): string | undefined {
  const builders = /^(?:aspnetcore|php|nodejs|ruby|java|(?:python|python-.+)|(?:go|go1\..+)|gs:\/\/.*)$/;
  if (runtime === 'custom' || (flexible && builders.test(runtime))) return undefined;
  if (/^[a-z][a-z0-9-]{0,29}$/.test(runtime)) return undefined;
  return `runtime must be a name of lower-case letters, digits and dashes such as nodejs22, but it is "${runtime}"`;
}

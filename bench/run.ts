import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Row, table, writeJson } from './report.ts';

const MEASUREMENTS: Readonly<Record<string, () => Promise<Row[]>>> = {
  start: async () => (await import('./start.ts')).measureStart(),
  tap: async () => (await import('./tap.ts')).measureTap(),
  history: async () => (await import('./history.ts')).measureHistory(),
  deploy: async () => (await import('./deploy.ts')).measureDeploy(),
  flood: async () => (await import('./flood.ts')).measureFlood(),
  crowd: async () => (await import('./crowd.ts')).measureCrowd(),
};

/** Without this an interrupted run would leave the processes that it started behind. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

const known = Object.keys(MEASUREMENTS);
const named = process.argv.slice(2);
const unknown = named.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`'${unknown[0]}' is not measured here. Known: ${known.join(', ')}.\n`);
  process.exit(1);
}

const begun = new Date().toISOString();
const loadBefore = loadavg();
const rows: Row[] = [];
for (const [name, measure] of Object.entries(MEASUREMENTS)) {
  if (named.length > 0 && !named.includes(name)) continue;
  process.stderr.write(`measuring ${name} ...\n`);
  rows.push(...(await measure()));
}

const about = {
  begun,
  node: process.version,
  processors: cpus().map(({ model }) => model),
  loadBefore,
  loadAfter: loadavg(),
};
process.stdout.write(`${table(rows)}\n`);
writeJson(fileURLToPath(new URL('./results.json', import.meta.url)), about, rows);
process.exit(0);

// Run after a change of src/plan/schema/: npx tsx scripts/write-plan-reference.ts
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { jsonSchema, MARK, reference } from './plan-reference.ts';

const root = new URL('../', import.meta.url);
const docs = new URL('docs/plan.md', root);
const [head = ''] = readFileSync(docs, 'utf8').split(MARK);

writeFileSync(new URL('sluice.schema.json', root), jsonSchema());
// The linter looks at JSON as well.
execFileSync('npx', ['biome', 'format', '--write', 'sluice.schema.json'], { cwd: root });
writeFileSync(docs, `${head}${MARK}\n\n${reference()}`);

import type { FaultRule } from '../../src/sandbox/faults.ts';
import { AT, rule } from './hazard.ts';

type Fault = FaultRule['fault'];

/** What may befall a request that reads. */
const READING: readonly Fault[] = [
  { kind: 'status', code: 500 },
  { kind: 'status', code: 503 },
  { kind: 'status', code: 429, retry_after: 1 },
  { kind: 'html' },
  { kind: 'reset' },
  { kind: 'lost-answer' },
  { kind: 'delay', ms: 400 },
  { kind: 'hang' },
];

/** What may befall one that changes something, besides. */
const WRITING: readonly Fault[] = [
  ...READING,
  { kind: 'status', code: 409 },
  { kind: 'status', code: 403 },
  { kind: 'late-truth', code: 500 },
  { kind: 'late-truth', code: 503 },
  { kind: 'operation-fails', code: 13 },
  // Until the faults pass.
  { kind: 'operation-stuck' },
];

const READS = [
  AT.permissions,
  AT.application,
  AT.backup,
  AT.poll,
  AT.logs,
  AT.readSplit,
  'GET /versions/v2',
  'GET /operations\\?',
  'GET ^/storage/',
  'GET /jobs',
];
const WRITES = [AT.create, AT.split];

/** Some faults of App Engine, Storage, Logging and Scheduler. */
export function appEngineFaults(random: () => number): FaultRule[] {
  const count = 4 + Math.floor(random() * 5);
  return Array.from({ length: count }, () => {
    const luck = random();
    if (luck < 0.5) return spread(pick(READS, random), pick(READING, random), random);
    if (luck < 0.65) return spread(AT.upload, pick(READING, random), random);
    return spread(pick(WRITES, random), pick(WRITING, random), random);
  });
}

const FIGURES: readonly Fault[] = [
  { kind: 'status', code: 500 },
  { kind: 'status', code: 429 },
  { kind: 'html' },
  { kind: 'reset' },
  { kind: 'hang' },
  { kind: 'late-figures', ms: 5 * 60_000 },
  // Those of the new version, and all.
  { kind: 'partial-figures', without: '"v2' },
  { kind: 'partial-figures', without: '.' },
];

/** Some faults of Monitoring's. */
export function figureFaults(random: () => number): FaultRule[] {
  const count = 1 + Math.floor(random() * 3);
  return Array.from({ length: count }, () => spread(AT.figures, pick(FIGURES, random), random));
}

const CALLS = ['/sendMessage', '/sendPhoto', '/editMessage', '/answerCallbackQuery', '/getUpdates'];
const TELEGRAM: readonly Fault[] = [
  { kind: 'status', code: 429, retry_after: 1 },
  { kind: 'html' },
  { kind: 'reset' },
  { kind: 'lost-answer' },
  { kind: 'delay', ms: 400 },
  { kind: 'hang' },
];

/** Some faults of Telegram's. */
export function telegramFaults(random: () => number): FaultRule[] {
  const count = 1 + Math.floor(random() * 4);
  return Array.from({ length: count }, () =>
    spread(`POST ${pick(CALLS, random)}`, pick(TELEGRAM, random), random),
  );
}

/** A few times in a row from somewhere on, or now and then. */
function spread(at: string, fault: Fault, random: () => number): FaultRule {
  const times = 1 + Math.floor(random() * 3);
  if (random() < 0.5) return rule(at, fault, { times, match: { nth: 1 + Math.floor(random() * 3) } });
  return rule(at, fault, { times, probability: 0.3, seed: Math.floor(random() * 2 ** 31) });
}

function pick<T>(from: readonly T[], random: () => number): T {
  const found = from[Math.floor(random() * from.length)];
  if (found === undefined) throw new Error('There is nothing to pick from.');
  return found;
}

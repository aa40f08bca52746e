import { FIRST_REPORTED, WINDOWS } from '../reported.ts';
import { ARGO_EXAMPLE, argo } from './argo.ts';
import { playBeside, sluice } from './beside.ts';
import { burnRate, FAST_BURN } from './burn-rate.ts';
import { FLAGGER_EXAMPLE, flagger } from './flagger.ts';
import { ALL_SIGNALS, kayenta, USUAL_SIGNALS } from './kayenta.ts';
import type { Peer } from './peer.ts';
import { sayBeside } from './table.ts';

const judges: readonly { readonly name: string; readonly peer: Peer }[] = [
  { name: 'Sluice', peer: sluice },
  { name: 'Kayenta, at the end', peer: kayenta({ every: 30, signals: ALL_SIGNALS }) },
  { name: 'Kayenta, five signals', peer: kayenta({ every: 30, signals: USUAL_SIGNALS }) },
  { name: 'Kayenta, every 5 min', peer: kayenta({ every: 5, signals: ALL_SIGNALS }) },
  { name: 'Argo, documented', peer: argo(ARGO_EXAMPLE) },
  { name: 'Argo, and p99 <= 500 ms', peer: argo({ ...ARGO_EXAMPLE, p99: 500 }) },
  { name: 'Flagger, documented', peer: flagger(FLAGGER_EXAMPLE) },
  { name: 'burn rate 14.4', peer: burnRate(FAST_BURN) },
];

/** `tsx bench/judge/peers/run.ts [first seed] [windows]` */
const [first = FIRST_REPORTED, windows = WINDOWS] = process.argv.slice(2).map(Number);
const peers = judges.map(({ peer }) => peer);
const played = Array.from({ length: windows }, (_, i) => playBeside(first + i, peers));
const judged = judges.map(({ name }, j) => ({
  name,
  outcomes: played.flatMap((outcomes) => outcomes[j] ?? []),
}));
process.stdout.write(`${windows} windows from seed ${first}\n\n${sayBeside(judged)}`);

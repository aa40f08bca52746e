import type { Clock } from '../../plan/clock.ts';
import { nearest } from '../../plan/nearest.ts';
import { describeSplit, type Split } from '../../plan/split.ts';
import { timeLimit } from '../../plan/time-limit.ts';
import type { Guard } from '../../rollout/guard.ts';
import { isOver, type Rollout } from '../../rollout/state.ts';
import type { View } from '../buttons.ts';
import { type Html, html, shorten } from '../html.ts';
import { count, percent } from '../views/words.ts';
import { fitLines } from './fit.ts';
import { bytes, dateTime, sayAgo, sayBar, sayServices, sentence } from './words.ts';

/** A service as App Engine tells it now. */
export interface ServiceTraffic {
  readonly service: string;
  readonly split: Split | undefined;
  /** Newest first. */
  readonly versions: readonly LiveVersion[];
}

export interface LiveVersion {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createTime: number;
  readonly servingStatus: string;
  /** Such as nodejs20. */
  readonly runtime: string;
  readonly scaling?: string;
  /** Of a manually scaled version. */
  readonly instances?: number;
  /** "standard" or "flexible". */
  readonly env: string;
  /** Bytes. */
  readonly diskUsage: number;
}

/** @throws Error with a sentence when App Engine does not tell. */
export type ReadTraffic = (signal?: AbortSignal) => Promise<readonly ServiceTraffic[]>;

export interface TrafficPorts {
  readonly readTraffic: ReadTraffic;
  readonly guard: Pick<Guard, 'bar'>;
  readonly clock: Pick<Clock, 'now'>;
  rollouts(): readonly Rollout[];
}

/** Whoever asks does not wait longer for App Engine. */
const LOOK_MS = 20_000;
/** Versions shown of a service when all services are listed. */
const VERSIONS_EACH = 8;

/** `/traffic [SERVICE]`: who has how much now, what is under way and what is kept back. */
export async function trafficCommand(text: string, ports: TrafficPorts): Promise<View> {
  const found = await look(text, ports.readTraffic);
  return 'problem' in found ? { html: html`${found.problem}`.text } : traffic(found.services, ports);
}

/** `/versions [SERVICE]`: what App Engine keeps. */
export async function versionsCommand(
  text: string,
  ports: Pick<TrafficPorts, 'readTraffic' | 'clock'>,
): Promise<View> {
  const found = await look(text, ports.readTraffic);
  return 'problem' in found
    ? { html: html`${found.problem}`.text }
    : versions(found.services, ports.clock.now());
}

function traffic(services: readonly ServiceTraffic[], ports: Omit<TrafficPorts, 'readTraffic'>): View {
  const now = ports.clock.now();
  const lines = services.flatMap(({ service, split }) => {
    const release = ports.rollouts().find((r) => r.service === service && !isOver(r.stage));
    const bar = ports.guard.bar(service, now);
    return [
      html`<b>${service}</b>: ${split ? describeSplit(split) : 'no traffic'}`,
      ...(release ? [html`  under way: ${release.version}, started by ${release.starter.name}`] : []),
      ...(bar ? [html`  ${sayBar(service, bar, now)}`] : []),
    ];
  });
  return { html: fitLines(lines, (left) => html`… and ${left} lines more: <code>/traffic SERVICE</code>.`) };
}

function versions(services: readonly ServiceTraffic[], now: number): View {
  const alone = services.length === 1;
  const lines = services.flatMap(({ service, split, versions: all }) => {
    const shown = alone ? all : all.slice(0, VERSIONS_EACH);
    const left = all.length - shown.length;
    return [
      html`<b>${service}</b>: ${count(all.length, 'version')}, newest first`,
      ...shown.map((version) => versionLine(version, split, now)),
      ...(left > 0 ? [html`… and ${count(left, 'older one')}: <code>/versions ${service}</code>`] : []),
    ];
  });
  return { html: fitLines(lines, (left) => html`… and ${left} lines more, too many for a message.`) };
}

function versionLine(version: LiveVersion, split: Split | undefined, now: number): Html {
  const { id, createTime, servingStatus, runtime, scaling, instances, diskUsage } = version;
  const share = split?.shares[id];
  const facts = [
    runtime,
    servingStatus.toLowerCase(),
    ...(scaling && scaling !== 'automatic'
      ? [
          instances === undefined
            ? `${scaling} scaling`
            : `${scaling} scaling, ${count(instances, 'instance')}`,
        ]
      : []),
    `made ${dateTime(createTime)}, ${sayAgo(createTime, now)}`,
    ...(diskUsage > 0 ? [bytes(diskUsage)] : []),
  ].filter(Boolean);
  return html`${share === undefined ? '▫️' : '🔹'} <code>${shorten(id, 63)}</code>${share === undefined ? '' : ` ${percent(share)}`} · ${facts.join(' · ')}`;
}

async function look(
  text: string,
  readTraffic: ReadTraffic,
): Promise<{ readonly services: readonly ServiceTraffic[] } | { readonly problem: string }> {
  const name = text.trim();
  let all: readonly ServiceTraffic[];
  try {
    all = await readTraffic(timeLimit(LOOK_MS));
  } catch (error) {
    return { problem: `The live traffic cannot be read: ${sentence((error as Error).message)}` };
  }
  if (all.length === 0) return { problem: 'The project has no service so far.' };
  if (name === '') return { services: all };
  const services = all.filter(({ service }) => service === name);
  if (services.length > 0) return { services };
  const names = all.map(({ service }) => service);
  const near = nearest(name, names);
  return {
    problem: `The project has no service '${name}'.${near ? ` Did you mean ${near}?` : ''} ${sayServices(names)}`,
  };
}

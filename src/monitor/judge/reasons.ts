import type { Decision } from './decide.ts';
import type { Finding } from './figures.ts';

/** The decision in sentences, the weightiest first. */
export function reasonsFor(decision: Decision): string[] {
  switch (decision.kind) {
    case 'no-data':
      return ['No figures of the new version yet.'];
    case 'unreached':
      return ['No traffic reaches the new version, although the old one has plenty.'];
    case 'thin-canary':
      return ['The new version has too few requests to tell.'];
    case 'thin-baseline':
      return ['The old version has too few requests to compare with.'];
    case 'good':
      return ['Nothing speaks against the new version.'];
    case 'bad':
    case 'doubtful': {
      const found = decision.findings.filter((f) => f.matters && f.evidence > decision.evidence - 3);
      return found.map((finding) => sentence(finding, decision.kind === 'bad'));
    }
  }
}

function sentence({ channel, effect, evidence }: Finding, sure: boolean): string {
  const times = effect === undefined ? '' : ` ${Number(effect.toPrecision(2))} times the old version’s`;
  const what =
    channel === 'latency'
      ? `Answers are${sure ? '' : ' perhaps'} slower,${times}`
      : channel === 'memory'
        ? `Memory is on its way to${times}`
        : channel.startsWith('p')
          ? `More answers lie beyond the old ${channel},${times}`
          : `${channel} are${sure ? '' : ' perhaps'}${times}`;
  return `${what} (evidence ${evidence.toFixed(1)} nats).`;
}

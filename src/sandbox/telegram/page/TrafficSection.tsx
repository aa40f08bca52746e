import { Lines, type Series } from './Lines.tsx';
import { Section } from './Panel.tsx';
import type { Minute, Service, Version } from './panelWire.ts';

const MINUTE = 60_000;

interface TrafficProps {
  readonly service: Service;
  readonly minutes: readonly Minute[];
}

/** Who has how much, what comes of it, and the figures minute by minute: what happens now, before Monitoring shows it. */
export function TrafficSection({ service, minutes }: TrafficProps) {
  const own = minutes.filter((minute) => minute.service === service.id);
  const shown = service.versions.filter(
    ({ id, share }) => share > 0 || own.some(({ version }) => version === id),
  );
  // The last minute is not over: a part of it would look like a fall.
  const open = own.at(-1)?.at ?? 0;
  const over = own.filter(({ at }) => at < open);
  const hueOf = new Map(service.versions.toReversed().map(({ id }, i) => [id, i % 4]));
  const series = (value: (minute: Minute) => number): Series[] =>
    shown.map(({ id }) => ({
      name: id,
      hue: hueOf.get(id) ?? 0,
      points: over
        .filter(({ version }) => version === id)
        .map((minute) => [minute.at, value(minute)] as const),
    }));
  const span = [open - 40 * MINUTE, open] as const;
  return (
    <Section title="Traffic now">
      <div class="split" role="img" aria-label={sayShares(shown)}>
        {shown.toReversed().map(({ id, share }) => (
          <span key={id} data-series={hueOf.get(id)} style={{ flexGrow: share }} />
        ))}
      </div>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Share</th>
            <th scope="col">Req/min</th>
            <th scope="col">Errors</th>
            <th scope="col">p95</th>
            <th scope="col">Memory</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((version) => (
            <Row
              key={version.id}
              version={version}
              hue={hueOf.get(version.id) ?? 0}
              last={over.findLast((minute) => minute.version === version.id && minute.at === open - MINUTE)}
            />
          ))}
        </tbody>
      </table>
      <Lines title="Requests a minute" series={series(({ requests }) => requests)} span={span} unit="" />
      <Lines
        title="Errors"
        series={series(({ requests, errors }) => (requests === 0 ? 0 : (errors / requests) * 100))}
        span={span}
        unit=" %"
      />
      <Lines title="95th percentile" series={series(({ p95 }) => p95)} span={span} unit=" ms" />
    </Section>
  );
}

function Row({ version, hue, last }: { version: Version; hue: number; last: Minute | undefined }) {
  const { id, share, instances, memory, trouble } = version;
  return (
    <tr>
      <th scope="row" title={id}>
        <i class="swatch" data-series={hue} />
        {id}
        {Object.keys(trouble).length > 0 && (
          <span class="unwell" title="It has troubles, see below">
            {' '}
            ⚠
          </span>
        )}
      </th>
      <td>{Math.round(share * 1000) / 10} %</td>
      <td>{last?.requests ?? 0}</td>
      <td>{last === undefined ? '–' : `${Math.round((last.errors / last.requests) * 1000) / 10} %`}</td>
      <td>{last === undefined ? '–' : `${Math.round(last.p95)} ms`}</td>
      <td title={`${instances} ${instances === 1 ? 'instance' : 'instances'}`}>
        {instances === 0 ? '–' : `${Math.round(memory / 1e6)} MB`}
      </td>
    </tr>
  );
}

function sayShares(versions: readonly Version[]): string {
  return versions.map(({ id, share }) => `${id} ${Math.round(share * 1000) / 10} %`).join(', ');
}

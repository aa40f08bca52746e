/** One version's course. */
export interface Series {
  readonly name: string;
  /** Which of the four colours. */
  readonly hue: number;
  /** Start of each minute in ms, and what it was; minutes without figures are missing. */
  readonly points: readonly (readonly [at: number, value: number])[];
}

interface LinesProps {
  readonly title: string;
  readonly series: readonly Series[];
  /** From when to when, in ms. */
  readonly span: readonly [number, number];
  readonly unit: string;
}

const WIDTH = 320;
const HEIGHT = 44;
/** A gap longer than this, in ms, is left open. */
const GAP = 90_000;

/** A small chart of all versions over the same minutes, on a scale from 0. */
export function Lines({ title, series, span: [from, to], unit }: LinesProps) {
  const drawn = series.map((one) => ({ ...one, points: one.points.filter(([at]) => at >= from) }));
  const most = Math.max(1, ...drawn.flatMap(({ points }) => points.map(([, value]) => value)));
  const x = (at: number) => ((at - from) / (to - from)) * WIDTH;
  const y = (value: number) => HEIGHT - 2 - (value / most) * (HEIGHT - 4);
  return (
    <figure class="lines">
      <figcaption>
        <span>{title}</span>
        <span>
          up to {round(most)}
          {unit}
        </span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={say(title, drawn, unit)}
      >
        {drawn.map(({ name, hue, points }) => (
          <path key={name} data-series={hue} d={pathOf(points, x, y)} />
        ))}
      </svg>
    </figure>
  );
}

function pathOf(points: Series['points'], x: (at: number) => number, y: (value: number) => number): string {
  return points
    .map(([at, value], i) => {
      const before = points[i - 1]?.[0] ?? Number.NEGATIVE_INFINITY;
      return `${at - before > GAP ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    })
    .join('');
}

function say(title: string, series: readonly Series[], unit: string): string {
  const now = series.map(({ name, points }) => {
    const last = points.at(-1);
    return last === undefined ? `${name} none` : `${name} ${round(last[1])}${unit}`;
  });
  return `${title}: ${now.join(', ')}`;
}

function round(value: number): number {
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
}

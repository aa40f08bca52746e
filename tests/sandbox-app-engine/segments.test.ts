import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Retention, Segments } from '../../src/sandbox/app-engine/segments.ts';
import { tempFolder } from './support.ts';

interface Line {
  readonly at: number;
}

const KEEP_ALL: Retention = { segment: 3, segments: 1000, age: Number.POSITIVE_INFINITY, warm: 2 };

function times(segments: Segments<Line>): number[] {
  return [...segments.forward()].map(({ at }) => at);
}

describe('records over restarts', () => {
  it('are all there, in order, however often the writer was killed in the middle of a line', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(7), { maxLength: 8 }), (runs) => {
        const folder = tempFolder();
        const written: number[] = [];
        for (const count of runs) {
          const segments = new Segments<Line>(folder, KEEP_ALL);
          for (let n = 0; n < count; n++) {
            segments.append({ at: written.length });
            written.push(written.length);
          }
          segments.close();
          const last = readdirSync(folder).toSorted().at(-1);
          if (last) appendFileSync(join(folder, last), '{"at":9');
        }
        const segments = new Segments<Line>(folder, KEEP_ALL);
        expect(times(segments)).toEqual(written);
        expect([...segments.backward()].map(({ at }) => at)).toEqual(written.toReversed());
      }),
      { numRuns: 50 },
    );
  });

  it('go by the file, the oldest first, when there are too many', () => {
    const segments = new Segments<Line>(tempFolder(), { ...KEEP_ALL, segments: 2 });
    for (let at = 0; at < 20; at++) segments.append({ at });
    expect(times(segments)).toEqual([15, 16, 17, 18, 19]);
    segments.close();
  });

  it('go when they are too old', () => {
    const folder = tempFolder();
    const segments = new Segments<Line>(folder, { ...KEEP_ALL, age: 100 });
    for (const at of [1, 2, 3, 50, 51, 52, 149]) segments.append({ at });
    expect(times(segments)).toEqual([50, 51, 52, 149]);
    expect(readdirSync(folder)).toHaveLength(2);
    segments.close();
  });
});

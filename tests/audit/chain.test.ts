import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkChain } from '../../src/audit/check.ts';
import { BEGINNING, type End, type Entry, seal, unseal } from '../../src/audit/line.ts';

const entry: fc.Arbitrary<Entry> = fc.record(
  {
    at: fc.integer({ min: 0, max: 2_000_000_000_000 }),
    act: fc.constantFrom('voted', 'refused', 'frozen', 'closed'),
    rollout: fc.stringMatching(/^[a-z0-9]{8}$/),
    revision: fc.integer({ min: 1, max: 500 }),
    by: fc.record({ id: fc.integer({ min: 1 }), name: fc.string({ unit: 'grapheme' }) }),
    update: fc.nat(),
    words: fc.string({ unit: 'binary' }),
  },
  { requiredKeys: ['at', 'act'] },
);

function chainOf(entries: readonly Entry[], after: End = BEGINNING): Buffer[] {
  let end = after;
  return entries.map((one) => {
    const sealed = seal(one, end);
    end = sealed.end;
    return Buffer.from(sealed.text);
  });
}

async function* stream(lines: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* lines;
}

const check = (lines: readonly Buffer[], from?: number) => checkChain(stream(lines), from);

/** A chain, and a place in it. */
const chainAndPlace = (shortest: number) =>
  fc
    .array(entry, { minLength: shortest, maxLength: 12 })
    .chain((entries) =>
      fc.tuple(fc.constant(chainOf(entries)), fc.nat(entries.length - 1), fc.nat(entries.length - 1)),
    );

test('a chain as it was written is sound, and so is what each line says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 12 }), async (entries) => {
      const lines = chainOf(entries);
      expect(await check(lines)).toMatchObject({ lines: entries.length, last: { seq: entries.length } });
      expect((await check(lines)).fault).toBeUndefined();
      for (const [i, bytes] of lines.entries())
        expect(unseal(bytes)).toMatchObject(JSON.parse(JSON.stringify(entries[i])));
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('any change of any byte is found', async () => {
  await fc.assert(
    fc.asyncProperty(
      chainAndPlace(1),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async ([lines, at], n, change) => {
        const bytes = Buffer.from(lines[at] ?? []);
        const byte = n % bytes.length;
        bytes[byte] = (bytes[byte] ?? 0) ^ change;
        const { fault } = await check(lines.with(at, bytes));
        expect(fault).toMatchObject({ line: at + 1, kind: 'changed' });
      },
    ),
    { seed: 2, numRuns: 500 },
  );
});

test('bytes added to a line, or taken from it, are found', async () => {
  await fc.assert(
    fc.asyncProperty(
      chainAndPlace(1),
      fc.nat(),
      fc.uint8Array({ maxLength: 3 }),
      async ([lines, at], n, put) => {
        const bytes = lines[at] ?? Buffer.alloc(0);
        const here = n % (bytes.length + 1);
        const rest = bytes.subarray(put.length > 0 ? here : here + 1);
        const changed = Buffer.concat([bytes.subarray(0, here), put, rest]);
        fc.pre(!changed.equals(bytes));
        expect((await check(lines.with(at, changed))).fault).toMatchObject({ line: at + 1, kind: 'changed' });
      },
    ),
    { seed: 3, numRuns: 300 },
  );
});

test('a line that was replaced, with a hash to fit, is found at the one after it', async () => {
  await fc.assert(
    fc.asyncProperty(chainAndPlace(2), entry, async ([lines, place], other) => {
      const at = Math.min(place, lines.length - 2);
      const before =
        at === 0 ? BEGINNING : { seq: at, hash: unseal(lines[at - 1] ?? Buffer.alloc(0))?.hash ?? '' };
      const forged = Buffer.from(seal(other, before).text);
      fc.pre(!forged.equals(lines[at] ?? Buffer.alloc(0)));
      expect((await check(lines.with(at, forged))).fault).toMatchObject({ line: at + 2, kind: 'changed' });
    }),
    { seed: 4, numRuns: 200 },
  );
});

test('a line that is gone is found, wherever it was but at the end', async () => {
  await fc.assert(
    fc.asyncProperty(chainAndPlace(2), async ([lines, place]) => {
      const at = Math.min(place, lines.length - 2);
      const { fault } = await check(lines.toSpliced(at, 1));
      expect(fault).toMatchObject({ line: at + 1, kind: 'removed' });
      expect(fault?.say).toContain(`${at + 1} is missing`);
    }),
    { seed: 5, numRuns: 200 },
  );
});

test('two lines that changed places are found, and said to be out of order', async () => {
  await fc.assert(
    fc.asyncProperty(chainAndPlace(2), async ([lines, a, b]) => {
      fc.pre(a !== b);
      const swapped = lines.with(a, lines[b] ?? Buffer.alloc(0)).with(b, lines[a] ?? Buffer.alloc(0));
      expect((await check(swapped)).fault).toMatchObject({ line: Math.min(a, b) + 1, kind: 'reordered' });
    }),
    { seed: 6, numRuns: 200 },
  );
});

test('a line that stands twice is found', async () => {
  await fc.assert(
    fc.asyncProperty(chainAndPlace(1), async ([lines, from, to]) => {
      const twice = lines.toSpliced(to, 0, lines[from] ?? Buffer.alloc(0));
      const { fault } = await check(twice);
      expect(['repeated', 'reordered']).toContain(fault?.kind);
    }),
    { seed: 7, numRuns: 200 },
  );
});

test('a piece is sound by itself when it begins with the line that was named, and only then', async () => {
  const lines = chainOf([1, 2, 3, 4, 5].map((at) => ({ at, act: 'judged' })));
  const piece = lines.slice(2);
  expect((await check(piece, 3)).fault).toBeUndefined();
  expect((await check(piece)).fault).toMatchObject({ line: 1, kind: 'removed' });
  expect((await check(piece, 2)).fault).toMatchObject({ line: 1, kind: 'removed' });
  expect((await check(piece, 4)).fault).toMatchObject({ line: 1, kind: 'reordered' });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Piece, plainText, toPieces } from '../../src/sandbox/telegram/page/entities.ts';
import { addressOf } from '../../src/sandbox/telegram/page/links.ts';
import type { Entity } from '../../src/sandbox/telegram/page/wire.ts';

const types = ['bold', 'italic', 'underline', 'code', 'blockquote', 'spoiler'];

/** The set of formats over each UTF-16 code unit, as the tree draws it. */
function formatsOf(pieces: readonly Piece[], around: readonly string[] = []): string[][] {
  return pieces.flatMap((piece) =>
    typeof piece === 'string'
      ? [...Array(piece.length).keys()].map(() => [...around].sort())
      : formatsOf(piece.pieces, [...around, piece.entity.type]),
  );
}

describe('formatted text', () => {
  it('loses no character and gives each one exactly its formats, however the entities lie', () => {
    const entity = fc.record({
      type: fc.constantFrom(...types),
      offset: fc.nat(24),
      length: fc.nat(24),
    });
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.array(entity, { maxLength: 6 }), (text, entities) => {
        const pieces = toPieces(text, entities);
        expect(pieces.map(plainText).join('')).toBe(text);

        const expected = [...Array(text.length).keys()].map((at) =>
          entities
            .filter((e) => e.offset <= at && at < e.offset + e.length)
            .map((e) => e.type)
            .sort(),
        );
        expect(formatsOf(pieces)).toEqual(expected);
      }),
    );
  });

  it('counts in UTF-16 code units, so that an emoji before a format does not shift it', () => {
    const pieces = toPieces('👀 see this', [{ type: 'bold', offset: 3, length: 3 }]);
    expect(pieces[0]).toBe('👀 ');
    expect(pieces[1]).toMatchObject({ entity: { type: 'bold' }, pieces: ['see'] });
  });

  it('puts the longer of two formats that begin together outside', () => {
    const entities: Entity[] = [
      { type: 'bold', offset: 0, length: 4 },
      { type: 'blockquote', offset: 0, length: 9 },
    ];
    const [quote] = toPieces('gate open', entities);
    expect(quote).toMatchObject({
      entity: { type: 'blockquote' },
      pieces: [{ entity: { type: 'bold' } }, ' open'],
    });
  });
});

describe('links', () => {
  const at = { offset: 0, length: 1 };

  it('lead to where they say, with a scheme added where it is missing', () => {
    expect(addressOf({ ...at, type: 'text_link', url: 'https://a.example/x' }, 'there')).toBe(
      'https://a.example/x',
    );
    expect(addressOf({ ...at, type: 'url' }, 'a.example/x')).toBe('http://a.example/x');
    expect(addressOf({ ...at, type: 'email' }, 'ada@a.example')).toBe('mailto:ada@a.example');
  });

  it.each(['javascript:alert(1)', 'JavaScript:alert(1)', 'data:text/html,x', 'vbscript:x'])(
    'that could run in the page lead nowhere: %s',
    (url) => {
      expect(addressOf({ ...at, type: 'text_link', url }, 'there')).toBeUndefined();
    },
  );
});

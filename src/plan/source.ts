import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';

export type Path = readonly (string | number)[];

/** Both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A sentence on what is wrong, and where. */
export interface Located {
  readonly place: Place;
  readonly says: string;
}

/** A file as text, read as YAML 1.2. */
export type Source =
  | { readonly kind: 'broken'; readonly faults: readonly Located[] }
  | {
      readonly kind: 'read';
      /** Plain data, as `JSON.parse` would give it; null for an empty file. */
      readonly data: unknown;
      readonly writtenTwice: readonly Located[];
      /** Where the key at a path is written, or its value; what is around it, when it is not written. */
      locate(path: Path, at: 'key' | 'value'): Place;
    };

/** A node of the document, an entry of a map, or nothing. */
type Part = unknown;

/** The place of a character, counted from 0. */
type PlaceOf = (offset?: number) => Place;

export function readYaml(text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, logLevel: 'error' });
  const placeOf: PlaceOf = (offset = 0) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };

  const faults = [...findBroken(document, placeOf), ...findLoose(document, placeOf)];
  if (faults.length > 0) return { kind: 'broken', faults };
  let data: unknown;
  try {
    data = document.toJS();
  } catch (error) {
    // Aliases that unfold to far too much.
    const says = `not YAML: ${(error as Error).message}.`;
    return { kind: 'broken', faults: [{ place: placeOf(0), says }] };
  }
  const resolve = (part: Part): Part => (isAlias(part) ? part.resolve(document) : part);
  return { kind: 'read', data, writtenTwice: findTwice(document, placeOf), locate };

  function locate(path: Path, at: 'key' | 'value'): Place {
    let part: Part = document.contents;
    let offset = offsetOf(part) ?? 0;
    for (const [i, step] of path.entries()) {
      const inside = resolve(part);
      let key: Part;
      // An item has no key, and one that was not written has its place all the same.
      if (isSeq(inside)) part = inside.items[Number(step)];
      else {
        const pair = isMap(inside) ? inside.items.findLast((p) => nameOf(p.key) === String(step)) : undefined;
        if (!pair) break;
        ({ key, value: part } = pair);
      }
      const wanted = at === 'key' && i === path.length - 1 ? key : part;
      // A key without a value stands for it.
      offset = (isEmpty(wanted) ? offsetOf(key) : undefined) ?? offsetOf(wanted) ?? offset;
    }
    return placeOf(offset);
  }
}

function findBroken({ errors, warnings }: Document.Parsed, placeOf: PlaceOf): Located[] {
  return [...errors, ...warnings].map((error) => ({
    place: placeOf(error.pos[0]),
    says: sayBroken(error),
  }));
}

/** Aliases that refer to nothing. */
function findLoose(document: Document.Parsed, placeOf: PlaceOf): Located[] {
  const found: Located[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document)) return;
      const says = `*${alias.source} has no &${alias.source} above it: set one there, or write the value itself.`;
      found.push({ place: placeOf(offsetOf(alias)), says });
    },
  });
  return found;
}

function findTwice(document: Document.Parsed, placeOf: PlaceOf): Located[] {
  const found: Located[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Map<string, Place>();
      for (const { key } of map.items) {
        const name = nameOf(key);
        const place = placeOf(offsetOf(key));
        const first = seen.get(name);
        if (!first) seen.set(name, place);
        else {
          const says = `'${name}' is written twice, first in line ${first.line}: keep one of the two.`;
          found.push({ place, says });
        }
      }
    },
  });
  return found;
}

function sayBroken(error: { readonly code: string; readonly message: string }): string {
  if (error.code === 'MULTIPLE_DOCS') {
    return 'a plan is one document: cut this --- and what follows it.';
  }
  const [first = ''] = error.message.split('\n');
  return `not YAML: ${first.replace(/ at line \d+.*$/, '').replace(/\.$/, '')}.`;
}

/** Keys are texts, however they are written. */
function nameOf(key: Part): string {
  return isScalar(key) ? String(key.value ?? '') : String(key);
}

function isEmpty(part: Part): boolean {
  return part === null || part === undefined || (isScalar(part) && part.value === null);
}

function offsetOf(part: Part): number | undefined {
  return (part as { range?: readonly number[] | null } | null | undefined)?.range?.[0];
}

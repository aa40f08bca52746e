import { basename } from 'node:path';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml';
import { CloudError } from '../../google/cloud-error.ts';
import { nearest } from '../../plan/nearest.ts';
import { refuseCharacters } from './characters.ts';
import { pythonText, readScalar, type ScalarValue, type YamlVersion } from './scalars.ts';

/** A YAML file whose faults are told by line and key. */
export interface YamlFile {
  /** As it is called in sentences. */
  readonly name: string;
  /** Undefined for a file without any content. */
  readonly root: YAMLMap | undefined;
  readonly version: YamlVersion;
  /** What is taken as gcloud takes it, but is hardly meant. */
  readonly warnings: string[];
  at(node: Node | null | undefined): string;
}

/** A value in a file, with the key that leads to it. */
export interface Spot {
  readonly file: YamlFile;
  /** As in "automatic_scaling.max_instances". */
  readonly key: string;
  readonly node: Node | null;
  /** Where to point to when the value is missing. */
  readonly keyNode: Node | undefined;
}

/**
 * @param example a line that such a file may have, for the sentence about one that is no map.
 * @throws CloudError `invalid` for whatever is no YAML, for several documents, anchors and aliases.
 */
export function openYaml(name: string, source: string, example = 'runtime: nodejs20'): YamlFile {
  const text = source.replace(/\r\n?/g, '\n');
  refuseCharacters(name, text);
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    version: '1.1',
    // Scalars are typed by us, from the text as it stands: see scalars.ts.
    schema: 'failsafe',
    lineCounter: lines,
    uniqueKeys: false,
    merge: false,
    logLevel: 'silent',
  });
  const line = (offset: number | undefined) =>
    offset === undefined ? name : `${name}, line ${lines.linePos(offset).line}`;
  const at = (node: Node | null | undefined) => line(node?.range?.[0]);

  const [document, second]: (Document.Parsed | undefined)[] = Array.isArray(documents) ? documents : [];
  if (second)
    throw new CloudError('invalid', `${name} holds more than one document: keep the first, cut the rest.`);
  const broken = document?.errors[0];
  if (broken) {
    const [what = ''] = broken.message.split(' at line');
    throw new CloudError('invalid', `${line(broken.pos[0])}: this is no YAML that gcloud reads: ${what}.`);
  }
  const contents = document?.contents ?? null;
  if (contents === null || (isScalar(contents) && contents.source === '')) {
    return { name, root: undefined, version: '1.1', warnings: [], at };
  }
  if (!isMap(contents)) {
    throw new CloudError(
      'invalid',
      `${name} must be a map of settings such as "${example}", but it is ${isSeq(contents) ? 'a list' : 'a single word'}.`,
    );
  }
  const version: YamlVersion =
    document?.directives?.yaml.explicit && document.directives.yaml.version === '1.2' ? '1.2' : '1.1';
  const file = { name, root: contents, version, warnings: [], at };
  refuseForms(file, contents);
  refuseTightColons(file, contents, text);
  return file;
}

/** A sentence with file, line and key. */
export function fault(spot: Spot, message: string): CloudError {
  return new CloudError('invalid', `${spot.file.at(spot.node ?? spot.keyNode)}: ${message}`);
}

/** A sentence about the file as a whole. */
export function fileFault(file: YamlFile, message: string): CloudError {
  return new CloudError('invalid', `${file.name} ${message}`);
}

export function warn(spot: Spot, message: string): void {
  spot.file.warnings.push(`${spot.file.at(spot.node ?? spot.keyNode)}: ${message}`);
}

/** The entries of a map. @throws for anything else, for a key that comes twice, and for a key that is no word. */
export function entriesOf(spot: Spot): { name: string; spot: Spot }[] {
  const { file, key, node } = spot;
  if (!isMap(node)) throw fault(spot, `${key} must be a map of names and values, but ${said(spot)}.`);
  const seen = new Set<string>();
  return node.items.map((item) => {
    const { key: keyNode, value } = item as Pair<Node | null, Node | null>;
    if (!isScalar(keyNode)) throw fault(spot, `in ${key || basename(file.name)} a key must be a plain word.`);
    // Keys are never typed: "yes:" is the name yes.
    const name = String(keyNode.value ?? '');
    const inner = { file, key: key === '' ? name : `${key}.${name}`, node: value, keyNode };
    if (name === '<<') throw fault(inner, '"<<" cannot be used here: write the settings out.');
    if (seen.has(name)) {
      throw fault({ ...inner, node: keyNode }, `"${inner.key}" is given twice: keep one of the two.`);
    }
    seen.add(name);
    return { name, spot: inner };
  });
}

export function itemsOf(spot: Spot): Spot[] {
  if (!isSeq(spot.node)) throw fault(spot, `${spot.key} must be a list, but ${said(spot)}.`);
  return spot.node.items.map((item, i) => ({ ...spot, key: `${spot.key}[${i}]`, node: item as Node | null }));
}

/** @throws for maps, lists, and scalars that gcloud cannot read either. */
export function scalarOf(spot: Spot): ScalarValue {
  const { node, key } = spot;
  if (node === null) return { kind: 'null' };
  if (!isScalar(node)) throw fault(spot, `${key} must be a single value, but ${said(spot)}.`);
  const text = String(node.value ?? '');
  const plain = node.type === 'PLAIN' || node.type === undefined;
  const value = readScalar(text, plain, node.tag, spot.file.version);
  if (value) return value;
  throw fault(
    spot,
    `${key} is "${text}", which YAML takes for something else than a text and cannot read: put it in quotes.`,
  );
}

/** No value, in whichever way YAML has for that. */
export function isNull(spot: Spot): boolean {
  return (spot.node === null || isScalar(spot.node)) && scalarOf(spot).kind === 'null';
}

/** "it is …", for sentences. */
export function said(spot: Spot): string {
  const { node } = spot;
  if (isMap(node)) return 'it is a map';
  if (isSeq(node)) return 'it is a list';
  const value = scalarOf(spot);
  if (value.kind === 'null') return 'it is empty';
  return `it is "${isScalar(node) ? String(node.value ?? '') : pythonText(value)}"`;
}

/** @throws a sentence that names the nearest key that would have been taken. */
export function unknownKey(spot: Spot, name: string, known: readonly string[], place: string): CloudError {
  const close = nearest(name, known);
  const hint = close === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean "${close}"?`;
  return fault({ ...spot, node: null }, `"${name}" is not a setting that App Engine knows ${place}. ${hint}`);
}

/** Anchors, aliases, and what YAML 1.1 does not have in "{…}" and "[…]". */
function refuseForms(file: YamlFile, node: Node | null, inFlow = false): void {
  const spot = { file, key: '', node, keyNode: undefined };
  if (isAlias(node)) {
    throw fault(
      spot,
      `"*${node.source}" refers to another place, which App Engine's files cannot: write it out.`,
    );
  }
  if (!node) return;
  if ('anchor' in node && node.anchor !== undefined) {
    throw fault(spot, `"&${node.anchor}" is an anchor, which App Engine's files cannot have: delete it.`);
  }
  if (inFlow && isScalar(node) && node.type === 'PLAIN' && String(node.value).includes('?')) {
    throw fault(
      spot,
      `"${node.value}" has a "?", which gcloud does not read inside of brackets: put it in quotes.`,
    );
  }
  if (isMap(node)) {
    for (const item of node.items) {
      refuseForms(file, item.key as Node | null, inFlow || node.flow);
      refuseForms(file, item.value as Node | null, inFlow || node.flow);
    }
  }
  if (isSeq(node)) {
    for (const item of node.items) refuseForms(file, item as Node | null, inFlow || node.flow);
  }
}

/** YAML 1.1 reads "{a:}" and "{a:,b}" as a key of the name "a:", which is never meant. */
function refuseTightColons(file: YamlFile, node: Node | null, text: string): void {
  if (isSeq(node)) for (const item of node.items) refuseTightColons(file, item as Node | null, text);
  if (!isMap(node)) return;
  for (const { key, value } of node.items as Pair<Node | null, Node | null>[]) {
    const end = key?.range?.[1];
    if (node.flow && isScalar(key) && key.type === 'PLAIN' && end !== undefined) {
      if (/^:[,}\]]/.test(text.slice(end, end + 2))) {
        throw fault(
          { file, key: '', node: key, keyNode: undefined },
          `"${key.value}:" has its colon too close to what follows: put a space, or a value, in between.`,
        );
      }
    }
    refuseTightColons(file, value, text);
  }
}

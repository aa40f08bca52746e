import {
  type Document,
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

/** A YAML file whose faults are told by line and key. YAML 1.1, as gcloud reads it. */
export interface YamlFile {
  readonly root: YAMLMap;
  fault(node: Node | null | undefined, message: string): CloudError;
}

/** @param name how the file is called in sentences. */
export function openYaml(name: string, text: string): YamlFile {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    version: '1.1',
    lineCounter: lines,
    uniqueKeys: true,
    merge: false,
  });
  const at = (offset: number | undefined) =>
    offset === undefined ? name : `${name}, line ${lines.linePos(offset).line}`;
  const fault = (node: Node | null | undefined, message: string) =>
    new CloudError('invalid', `${at(node?.range?.[0])}: ${message}`);

  const [document, second]: (Document.Parsed | undefined)[] = Array.isArray(documents) ? documents : [];
  if (second)
    throw new CloudError('invalid', `${name} holds more than one document: keep the first, cut the rest.`);
  const broken = document?.errors[0];
  if (broken)
    throw new CloudError('invalid', `${at(broken.pos[0])}: ${broken.message.split(' at line')[0]}.`);
  if (!document || !isMap(document.contents)) {
    throw new CloudError('invalid', `${name} must be a map of settings such as "runtime: nodejs20".`);
  }
  return { root: document.contents, fault };
}

/** Key and value nodes of a map. @throws for a key that is no text. */
export function entriesOf(
  file: YamlFile,
  map: YAMLMap,
): { key: string; keyNode: Node; value: Node | null }[] {
  return map.items.map((item) => {
    const { key, value } = item as Pair<Node, Node | null>;
    if (!isScalar(key)) throw file.fault(key, 'a key must be a plain word.');
    if (typeof key.value === 'string') return { key: key.value, keyNode: key, value };
    // Keys are never typed: "yes:" is the name yes.
    return { key: key.source ?? String(key.value), keyNode: key, value };
  });
}

export function asMap(file: YamlFile, key: string, node: Node | null): YAMLMap {
  if (isMap(node)) return node;
  throw file.fault(node, `${key} must be a map of names and values, but ${said(node)}.`);
}

export function asList(file: YamlFile, key: string, node: Node | null): (Node | null)[] {
  if (isSeq(node)) return node.items as (Node | null)[];
  throw file.fault(node, `${key} must be a list, but ${said(node)}.`);
}

/** A scalar as text: what the author wrote, without typing. */
export function asText(file: YamlFile, key: string, node: Node | null): string {
  if (isScalar(node) && node.value !== null)
    return typeof node.value === 'string' ? node.value : (node.source ?? '');
  throw file.fault(node, `${key} must be a text, but ${said(node)}.`);
}

export function asWhole(file: YamlFile, key: string, node: Node | null): number {
  if (isScalar(node) && typeof node.value === 'number' && Number.isInteger(node.value)) return node.value;
  throw file.fault(node, `${key} must be a whole number, but ${said(node)}.`);
}

export function asNumber(file: YamlFile, key: string, node: Node | null): number {
  if (isScalar(node) && typeof node.value === 'number') return node.value;
  throw file.fault(node, `${key} must be a number, but ${said(node)}.`);
}

export function asWord<W extends string>(
  file: YamlFile,
  key: string,
  node: Node | null,
  words: readonly W[],
): W {
  const text = asText(file, key, node);
  const word = words.find((w) => w === text);
  if (word !== undefined) return word;
  throw file.fault(node, `${key} must be ${words.join(' or ')}, but it is "${text}".`);
}

/** Milliseconds to Google's "0.03s". Takes 30ms, 0.25s, 10m, 1h. */
export function asDuration(file: YamlFile, key: string, node: Node | null): string {
  const text = asText(file, key, node);
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (!match)
    throw file.fault(node, `${key} must be a duration such as 30ms, 10s or 5m, but it is "${text}".`);
  const [, count = '', unit] = match;
  if (unit === 's') return text;
  if (unit === 'ms') {
    const seconds = Number(count) / 1000;
    return `${Number.isInteger(seconds) ? seconds.toFixed(1) : seconds}s`;
  }
  return `${Number(count) * (unit === 'm' ? 60 : 3600)}s`;
}

/** @throws a sentence that names the nearest key that would have been taken. */
export function unknownKey(
  file: YamlFile,
  keyNode: Node,
  key: string,
  known: readonly string[],
  place: string,
): CloudError {
  const close = nearest(key, known);
  const hint = close === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean "${close}"?`;
  return file.fault(keyNode, `"${key}" is not a setting that Sluice knows ${place}. ${hint}`);
}

function said(node: Node | null): string {
  if (node === null || (isScalar(node) && node.value === null)) return 'it is empty';
  if (isScalar(node)) return `it is "${node.source ?? String(node.value)}"`;
  return isMap(node) ? 'it is a map' : 'it is a list';
}

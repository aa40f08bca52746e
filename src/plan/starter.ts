import { EDITOR_LINE } from './json-schema.ts';
import { fillIn, renderKey } from './render.ts';
import { type Key, planShape } from './shape.ts';

/** What is known of a service before anybody has written a plan. */
export interface Found {
  readonly service: string;
  /** The folder with app.yaml, seen from where Sluice runs. */
  readonly source: string;
  /** A path that should answer 200. */
  readonly smokePath: string;
}

/** A first `sluice.yaml`: the service is filled in, people can be, and the defaults stand there to be changed. */
export function starterPlan(found: Found): string {
  const shape = planShape();
  const service = { source: found.source, smoke: [{ path: found.smokePath }] };
  const parts = shape.keys.map((key) => {
    if (key.name === 'services') return renderKey(key, fillIn(key.shape, { [found.service]: service }));
    return asComment(renderKey(key, fillIn(key.shape, suggested(key))));
  });
  const head = [
    EDITOR_LINE,
    `# How ${found.service} is released. A # without a space after it keeps a line out of force: list your people where the`,
    '# examples are, unless the chat keeps the team; the other such lines show the default. Then ask `sluice plan check`.',
    '',
  ].join('\n');
  return [head, ...parts].join('\n');
}

/** That nobody is listed says little; two people show how it is done. */
function suggested(key: Key): unknown {
  return key.name === 'people' ? key.example : key.default;
}

/** Keeps indentation, so that taking each # away is all it takes to undo it. */
function asComment(yaml: string): string {
  return yaml.replace(/^( *)(?=[^ #\n])/gm, '$1#');
}

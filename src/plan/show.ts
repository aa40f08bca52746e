import { EDITOR_LINE } from './json-schema.ts';
import { asComment, fillIn, renderKey } from './render.ts';
import { planShape } from './shape.ts';

/**
 * The whole plan as commented YAML that says the same when it is read again. What has neither a value nor a default
 * stands there as a comment, by its example.
 * @param data the author's own, sound; what it leaves out is filled in.
 * @param origin what the plan is called in its first comment.
 */
export function showPlan(data: unknown, origin: string): string {
  const shape = planShape();
  const whole = fillIn(shape, data) as Readonly<Record<string, unknown>>;
  const parts = shape.keys.map((key) => {
    const value = whole[key.name];
    return value === undefined ? asComment(renderKey(key, key.example)) : renderKey(key, value);
  });
  return [`${EDITOR_LINE}\n# ${origin}, with what it leaves out filled in.\n`, ...parts].join('\n');
}

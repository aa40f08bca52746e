import { sayDuration } from './duration.ts';
import type { Plan } from './schema.ts';
import { WHOLE } from './split.ts';

/** What a plan would do, as one sentence without its end. */
export function sayPlan(plan: Plan): string {
  const { approval, monitoring } = plan;
  const services = Object.keys(plan.services);
  const what = services.length === 0 ? 'any service' : listed(services);
  const steps = listed(plan.steps.map(sayStep));
  const whom = `${count(approval.needed, 'approver')}${approval.twoPerson ? ' other than the starter' : ''}`;
  const rehearsal = monitoring.rehearsal ? ', while the judge rehearses' : '';
  const items = plan.checklist.reduce((sum, section) => sum + section.items.length, 0);
  const first = items === 0 ? 'without a checklist' : `after ${count(items, 'checklist item')}`;
  return `a release of ${what} goes ${first} to ${steps}; each step takes a yes of ${whom}${rehearsal}${sayAlarms(plan)}; ${sayAfter(plan)}`;
}

function sayAlarms({ monitoring: { falseAlarm } }: Plan): string {
  if (falseAlarm === undefined) return '';
  return `; at most ${Number((falseAlarm * 100).toPrecision(3))} % of the windows of a sound version may be called bad`;
}

function sayAfter({ afterCare, success }: Plan): string {
  const rounds =
    afterCare.rounds.length === 0
      ? 'then nobody looks after it'
      : `then it is looked after in ${count(afterCare.rounds.length, 'round')}`;
  const { length } = success.criteria;
  if (length === 0) return `${rounds}, without a verdict`;
  const criteria = length === 1 ? '1 criterion' : `${length} criteria`;
  return `${rounds}, with a verdict on ${criteria} after ${sayDuration(success.after)}`;
}

function sayStep({ traffic, watch }: Plan['steps'][number]): string {
  const share = `${traffic / 10} %`;
  if (watch > 0) return `${share} (judged for ${sayDuration(watch)})`;
  return traffic === WHOLE ? share : `${share} (not judged)`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

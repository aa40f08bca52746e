import type { CriterionState, FollowUp } from '../../rollout/care.ts';
import { type Html, html } from '../html.ts';
import { count } from '../views/words.ts';
import { linesOf, type ReportData } from './data.ts';
import { badge, checkTable, person, readingTable, section, table, time } from './parts.ts';

/** What came after the release: what was put back or announced, the digests, the verdict on the criteria. */
export function careSections(data: ReportData): (Html | undefined)[] {
  return [
    section(
      'Put back by the rollback',
      ...linesOf(data, 'put-back').map((e) => html`<p>${time(e.at)}</p>${checkTable(e.checks)}`),
    ),
    section('Announcements', ...announcements(data)),
    section('After-care', ...digests(data)),
    section('Success criteria', ...criteria(data)),
    section('Follow-up', followUp(data)),
  ];
}

const WHAT = { deployed: 'The release', 'rolled-back': 'The rollback' } as const;

function announcements(data: ReportData): Html[] {
  return linesOf(data, 'announced').map(
    ({ at, what, checks }) => html`<p>${WHAT[what]} was announced, ${time(at)}.</p>${checkTable(checks)}`,
  );
}

function digests(data: ReportData): Html[] {
  const answers = linesOf(data, 'task-answered');
  return linesOf(data, 'looked-after').map((look) => {
    const { round, from, due, missed, readings, at } = look;
    const plan = data.rollout.terms.afterCare.rounds[round];
    const tasks = (plan?.tasks ?? []).map((task, i) => {
      const said = answers.filter((a) => a.round === round && a.due === due && a.task === i);
      const words = said.map(
        (a) => html`<div>${a.answer}, ${person(a.by)}, ${time(a.at)}${a.note ? html`: ${a.note}` : ''}</div>`,
      );
      return [task, words.length > 0 ? html`${words}` : badge('open', 'not answered')];
    });
    const slept =
      missed > 0 ? html` ${count(missed, 'look')} before it ${missed === 1 ? 'was' : 'were'} missed.` : '';
    return html`<h3>${plan?.name ?? `Round ${round + 1}`}, ${time(due)} ${tone(readings)}</h3>
<p>Of ${time(from)} to ${time(due)}, looked at ${time(at)}.${slept}</p>
${readingTable(readings)}
${table(['Task', 'Answer'], tasks)}`;
  });
}

function tone(readings: readonly { readonly answer: string }[]): Html | undefined {
  if (readings.length === 0) return undefined;
  if (readings.some(({ answer }) => answer === 'off')) return badge('bad', 'off');
  return readings.every(({ answer }) => answer === 'good')
    ? badge('good', 'good')
    : badge('open', 'not all known');
}

function criteria({ rollout: { care, terms } }: ReportData): Html[] {
  const { assessment, conclusion } = care ?? {};
  if (!assessment) return [];
  const each = assessment.criteria.map(
    (state, i) => html`<h3>${terms.success.criteria[i]?.text ?? `Criterion ${i + 1}`}</h3>
<p>${criterion(state)}</p>${readingTable(state.readings)}`,
  );
  const word = conclusion?.met
    ? badge('good', 'All criteria are met')
    : badge('bad', 'Not all criteria are met');
  return [
    html`<p>${conclusion ? html`${word}, ${time(conclusion.at)}` : badge('open', 'Not concluded so far')}. Measured from ${time(assessment.from)} to ${time(assessment.to)}.</p>`,
    ...each,
  ];
}

function criterion({ answer, by, note }: CriterionState): Html {
  const word =
    answer === 'met'
      ? badge('good', 'met')
      : answer === 'missed'
        ? badge('bad', 'missed')
        : badge('open', 'open');
  return html`${word}${by ? html` by the word of ${person(by)}` : ''}${note ? html`: ${note}` : ''}`;
}

function followUp({ rollout: { care, terms } }: ReportData): Html | undefined {
  const rows = (care?.conclusion?.steps ?? []).map((step, i) => [
    terms.contingency[i]?.text ?? `Step ${i + 1}`,
    time(step.due),
    step.owner ? person(step.owner) : 'nobody',
    done(step),
  ]);
  return table(['Step', 'Due', 'Owner', 'Done'], rows);
}

function done({ done: end }: FollowUp): Html {
  if (!end) return badge('open', 'open');
  return html`${badge('good', 'done')} ${person(end.by)}, ${time(end.at)}${end.note ? html`: ${end.note}` : ''}`;
}

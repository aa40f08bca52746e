import type { Event } from '../../rollout/events.ts';
import { Html, html } from '../html.ts';
import { careSections } from './care.ts';
import { checklistSection } from './checklist.ts';
import { readData } from './data.ts';
import { journalSection } from './journal.ts';
import type { Pictures } from './pictures.ts';
import { preparationSections } from './preparation.ts';
import { questionSections } from './questions.ts';
import { STYLE } from './style.ts';
import { summary } from './summary.ts';
import { type ReportChart, trafficSections } from './traffic.ts';

/**
 * A rollout as one HTML document that needs nothing else: no script, no network, no font. Pure: the same journal gives the
 * same document.
 * @param charts drawings of the figures, as PNG.
 * @param pictures what the evidence shows; files that are not among them are named only.
 * @throws Error when the journal does not begin with the event that started the rollout.
 */
export function report(
  events: readonly Event[],
  charts: readonly ReportChart[],
  pictures: Pictures = new Map(),
): string {
  const data = readData(events);
  const { service, version, id } = data.rollout;
  const chapters = [
    checklistSection(data, pictures),
    ...preparationSections(data),
    ...trafficSections(data, charts),
    ...questionSections(data),
    ...careSections(data),
  ].filter((chapter) => chapter !== undefined);
  // Whatever people or programs wrote is text here; the policy holds should anything slip through.
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${service} ${version}: rollout ${id}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
${summary(data)}
<main>
${chapters}
${journalSection(events)}
</main>
</body>
</html>
`.text;
}

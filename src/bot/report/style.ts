/** One sheet, for light and dark, wide and narrow, and A4. Nothing is fetched from anywhere. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1f2933; --faint: #5b6775; --line: #d9dfe6; --paper: #fff; --wash: #f4f6f8;
  --canary: #0b6f97; --baseline: #6b7684; --good: #14703a; --bad: #b3261e; --open: #7a5200; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaee; --faint: #a3afbc; --line: #38424d; --paper: #14191f; --wash: #1d242c;
    --canary: #56b9e3; --baseline: #9aa5b1; --good: #6fd394; --bad: #ff8a80; --open: #f0c36d; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 62rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.25rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
p { margin: .5rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: .75rem 0; }
dt { color: var(--faint); }
dd { margin: 0; }
ul { margin: .5rem 0; padding-left: 1.25rem; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--faint); font-weight: 600; }
th, time { white-space: nowrap; }
pre { background: var(--wash); padding: .6rem .75rem; margin: .4rem 0; white-space: pre-wrap; font-size: .85rem;
  border-radius: 4px; }
code, pre { font-family: ui-monospace, "Cascadia Mono", Menlo, "DejaVu Sans Mono", monospace; }
code { font-size: .9em; }
details > summary { cursor: pointer; color: var(--canary); }
img, svg { display: block; max-width: 100%; height: auto; }
img { border: 1px solid var(--line); }
img.evidence { max-height: 20rem; margin: .4rem 0; }
figure { margin: .75rem 0; }
figcaption { color: var(--faint); font-size: .9rem; margin-bottom: .25rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 0 1.5rem; }
.number { color: var(--faint); font-size: .85em; }
.note { color: var(--faint); }
.badge { font-weight: 600; white-space: nowrap; }
.badge::before { content: "● "; }
.good { color: var(--good); } .bad { color: var(--bad); } .open { color: var(--open); }
.bar { display: block; height: .5rem; margin-top: .25rem; max-width: 24rem; background: var(--line); border-radius: 2px; }
.bar span { display: block; height: 100%; background: var(--canary); border-radius: 2px; }
.question { border-left: 3px solid var(--line); padding-left: 1rem; margin: 1.25rem 0; }
.question h3 { margin-top: 0; }
.journal td { font-size: .85rem; }
.journal pre { margin: 0; padding: .35rem .5rem; font-size: .8rem; }
svg text { font-size: 12px; fill: var(--faint); }
svg .grid { stroke: var(--line); }
svg .canary { stroke: var(--canary); stroke-width: 2.5; fill: none; }
svg .baseline { stroke: var(--baseline); stroke-width: 2; stroke-dasharray: 6 4; fill: none; }
svg text.canary { fill: var(--canary); stroke: none; font-weight: 600; }
svg text.baseline { fill: var(--baseline); stroke: none; }
@media (max-width: 40rem) {
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .5rem; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  td { display: block; border: 0; padding: .1rem 0; }
  td:empty { display: none; }
  td:not([data-name=""])::before { content: attr(data-name) ": "; color: var(--faint); }
}
@page { size: A4; margin: 16mm 14mm; }
@media print {
  :root { color-scheme: light; --ink: #000; --faint: #444; --line: #bbb; --paper: #fff; --wash: #f4f4f4;
    --canary: #0b6f97; --baseline: #555; --good: #14703a; --bad: #b3261e; --open: #7a5200; }
  body { padding: 0; max-width: none; font-size: 10pt; }
  h2, h3, summary, figcaption { break-after: avoid; }
  figure, tr, dl, .question h3 { break-inside: avoid; }
  .journal tr { break-inside: auto; }
  thead { display: table-header-group; }
  /* What is folded on the screen is printed. */
  .bar, .bar span, .badge { print-color-adjust: exact; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;

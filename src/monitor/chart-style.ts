/** Pixels. With two panels and with three. */
export const WIDTH = 1000;
export const HEIGHTS = { two: 760, three: 1000 };
export const HEAD = 156;
/** Room for "2,000 ms". */
export const BESIDE = 138;
export const FONT = 'DejaVu Sans';
/** A phone shows the picture at two fifths of its size. */
export const SIZES = { head: 33, title: 27, text: 25 };
/** Told apart by colour-blind people and in grey (after Okabe and Ito), and by their strokes. */
export const COLOURS = {
  canary: '#0072b2',
  baseline: '#6b7684',
  bad: '#c04f00',
  ink: '#1f2933',
  faint: '#56616e',
  grid: '#e4e8ed',
  before: '#f3f5f8',
  paper: '#ffffff',
};
export const STROKES = { canary: { width: 5, dash: [] }, baseline: { width: 4, dash: [10, 7] } };

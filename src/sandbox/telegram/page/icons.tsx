/** Small line drawings, all on a 24-unit square, coloured by the text around them. */

const paths = {
  reply: 'M10 8V4L3 11l7 7v-4c5 0 8.5 1.6 11 5-1-6-4-10-11-11z',
  send: 'M4 12 3 4l18 8-18 8 1-8zm0 0h9',
  down: 'M12 5v14m-6-6 6 6 6-6',
  close: 'M6 6l12 12M18 6 6 18',
  file: 'M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8zm0 0v5h5M12 12v5m-2.5-2.5L12 17l2.5-2.5',
  clip: 'M20 11.5 12.2 19a5 5 0 0 1-7-7.1l8.3-8a3.3 3.3 0 0 1 4.7 4.7l-8.2 7.9a1.6 1.6 0 0 1-2.3-2.3l7.3-7',
  link: 'M7 17 17 7m-8 0h8v8',
  copy: 'M9 9h10v10H9zM5 15V5h10',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zm0-6v2m0 16v2M4.9 4.9l1.5 1.5m11.2 11.2 1.5 1.5M2 12h2m16 0h2M4.9 19.1l1.5-1.5M17.6 6.4l1.5-1.5',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z',
  panel:
    'M4 7h9m5 0h2M4 17h2m5 0h9M15.5 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zm-7 10a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
  play: 'M8 5v14l11-7z',
  pause: 'M8 5v14M16 5v14',
  check: 'M5 12.5 10 17 19 7',
  pin: 'M9 4h6l-1 6 3 3H7l3-3zm3 9v7',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

/** The sluice: a lifted gate between two posts, and the water that goes through. */
export function Mark() {
  return <img class="mark" src="/page/mark.svg" alt="" width="32" height="32" />;
}

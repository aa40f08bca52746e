import type { Page } from 'playwright-core';

export interface Contrast {
  readonly text: string;
  readonly ratio: number;
}

/** The contrast of every piece of visible text against what is painted behind it (WCAG 2.2, relative luminance). */
export function contrasts(page: Page): Promise<Contrast[]> {
  return page.evaluate(() => {
    const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    if (probe === null) throw new Error('This browser has no canvas.');

    // Any CSS colour over another one, as the browser itself mixes them.
    function mix(colours: readonly string[]): readonly number[] {
      if (probe === null) return [];
      probe.clearRect(0, 0, 1, 1);
      for (const colour of colours) {
        probe.fillStyle = colour;
        probe.fillRect(0, 0, 1, 1);
      }
      return [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3);
    }
    function luminance(rgb: readonly number[]): number {
      const [r = 0, g = 0, b = 0] = rgb.map((byte) => {
        const c = byte / 255;
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    }
    function behind(element: Element | null): string[] {
      if (element === null) return [];
      return [...behind(element.parentElement), getComputedStyle(element).backgroundColor];
    }

    const found: { text: string; ratio: number }[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent?.trim() ?? '';
      if (element === null || text === '' || !element.checkVisibility({ opacityProperty: true })) continue;
      const backgrounds = behind(element);
      const back = luminance(mix(backgrounds));
      const front = luminance(mix([...backgrounds, getComputedStyle(element).color]));
      const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
      found.push({ text, ratio });
    }
    return found;
  });
}

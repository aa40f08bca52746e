export interface ImageSize {
  readonly mime: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** Reads an image's kind and size from its first bytes; `undefined` for what is not PNG, JPEG, GIF or WebP. */
export function imageSize(bytes: Uint8Array): ImageSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) {
      return { mime: 'image/png', width: view.getUint32(16), height: view.getUint32(20) };
    }
    if (startsWith(bytes, [0x47, 0x49, 0x46, 0x38])) {
      return { mime: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
    }
    if (startsWith(bytes, [0xff, 0xd8, 0xff])) return jpegSize(view);
    if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return webpSize(bytes, view);
  } catch (error) {
    // A read behind the end: the file is cut short, so it is no image.
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}

/** Walks the segments to the frame header, SOF0 to SOF15 without DHT, JPG and DAC (ITU T.81, table B.1). */
function jpegSize(view: DataView): ImageSize | undefined {
  let at = 2;
  while (view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { mime: 'image/jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** The three layouts of WebP: lossy, lossless, extended (RFC 9649, section 2). */
function webpSize(bytes: Uint8Array, view: DataView): ImageSize | undefined {
  const layout = ascii(bytes, 12, 16);
  const mime = 'image/webp';
  if (layout === 'VP8 ') {
    return { mime, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  if (layout === 'VP8L') {
    const bits = view.getUint32(21, true);
    return { mime, width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  if (layout !== 'VP8X') return undefined;
  const width = view.getUint16(24, true) | (view.getUint8(26) << 16);
  const height = view.getUint16(27, true) | (view.getUint8(29) << 16);
  return { mime, width: width + 1, height: height + 1 };
}

function startsWith(bytes: Uint8Array, head: readonly number[]): boolean {
  return head.every((byte, index) => bytes[index] === byte);
}

function ascii(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

import type { Actions } from './actions.ts';
import { Icon } from './icons.tsx';
import type { Document, Photo } from './wire.ts';

interface PictureProps {
  readonly sizes: readonly Photo[];
  readonly caption: string;
  readonly actions: Actions;
}

/** The largest size, in a box that is kept free before it has loaded, so that nothing jumps. */
export function Picture({ sizes, caption, actions }: PictureProps) {
  const photo = sizes.at(-1);
  if (photo?.url === undefined) return null;
  const { url, width, height } = photo;
  const title = caption.split('\n')[0] ?? '';
  return (
    <button
      type="button"
      class="picture"
      aria-label={`Photo${title === '' ? '' : `: ${title}`}. Show in full size`}
      onClick={() => actions.showPhoto(url, title)}
    >
      <img src={url} width={width} height={height} alt="" loading="lazy" decoding="async" />
    </button>
  );
}

export function FileRow({ file }: { file: Document }) {
  const name = file.file_name ?? 'file';
  if (file.url === undefined) return <span class="file">{name}</span>;
  return (
    <div class="file">
      <span class="file-icon">
        <Icon name="file" />
      </span>
      <span class="file-text">
        <span class="file-name">{name}</span>
        <span class="file-size">
          {sizeOf(file.file_size)}
          {file.view_url !== undefined && (
            <a href={file.view_url} target="_blank" rel="noopener noreferrer" aria-label={`Open ${name}`}>
              Open
            </a>
          )}
          <a href={file.url} download={name} aria-label={`Save ${name}`}>
            Save
          </a>
        </span>
      </span>
    </div>
  );
}

/** "1.4 MB", in powers of 1000; nothing when the size is not known. */
export function sizeOf(bytes: number | undefined): string {
  if (bytes === undefined) return '';
  const units = ['bytes', 'kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

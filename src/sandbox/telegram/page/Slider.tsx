import { useEffect, useState } from 'preact/hooks';

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly most: number;
  readonly step: number;
  readonly say: (value: number) => string;
  /** Called when it is let go, not on the way. */
  readonly onSet: (value: number) => void;
}

/** A labelled slider that shows what it would set while it is drawn. */
export function Slider({ label, value, most, step, say, onSet }: SliderProps) {
  const [drawn, setDrawn] = useState(value);
  // What the world says counts, unless somebody draws.
  useEffect(() => setDrawn(value), [value]);
  return (
    <label class="slider">
      <span>{label}</span>
      <span class="slider-value" aria-hidden="true">
        {say(drawn)}
      </span>
      <input
        type="range"
        min="0"
        max={most}
        step={step}
        value={drawn}
        aria-label={label}
        aria-valuetext={say(drawn)}
        onInput={(event) => setDrawn(Number(event.currentTarget.value))}
        onChange={(event) => onSet(Number(event.currentTarget.value))}
      />
    </label>
  );
}

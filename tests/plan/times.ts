import fc from 'fast-check';

/** Zones with all that clocks do: nothing, odd offsets, summer on either half of the globe, jumps at midnight. */
export const someZone = fc.constantFrom(
  'UTC',
  'Europe/London',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'America/Havana',
  'America/Santiago',
  'Africa/Casablanca',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Asia/Tokyo',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
);

/** From 2026 to 2031, in whole seconds. */
export const someInstant = fc
  .integer({ min: Date.UTC(2026, 0, 1) / 1000, max: Date.UTC(2031, 0, 1) / 1000 })
  .map((seconds) => seconds * 1000);

/** On a quarter of an hour, the small hours among them more often. */
export const someTime = fc
  .oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 95 }))
  .map((quarter) => {
    const pad = (number: number) => String(number).padStart(2, '0');
    return `${pad(Math.floor(quarter / 4))}:${pad((quarter % 4) * 15)}`;
  });

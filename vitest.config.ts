import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: 'tests/temporary-folder.ts',
    // Most tests wait for clocks and servers, so as many files run at a time as there are processors.
    maxWorkers: '100%',
    // No test asserts a time: this is for what hangs, on a slow machine too.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Stories of real processes share a machine with others there. What fails twice is broken; what had to run twice is named.
    retry: 1,
  },
});

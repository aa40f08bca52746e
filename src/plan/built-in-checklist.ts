import type { WrittenSection } from './schema/checklist.ts';

/** The checklist of the deployment plan that Sluice was made for. A team's own `sluice.yaml` replaces it. */
export const BUILT_IN_CHECKLIST: readonly WrittenSection[] = [
  {
    title: 'System Optimization',
    items: [
      'Run Monte Carlo optimization with contextual modules integrated',
      'Calibrate quality scoring algorithm based on backtest results',
      'Fix Gold pip calculation for accurate performance metrics',
      'Optimize strategy parameters for each instrument',
    ],
  },
  {
    title: 'Testing',
    items: [
      'Run comprehensive backtest with optimized parameters',
      'Verify system performance across different market conditions',
      'Test all execution modes (fully automated, quality-based, fully manual)',
      'Verify Telegram notification formatting and readability',
      'Test trade approval workflow end-to-end',
    ],
  },
  {
    title: 'Code Quality',
    items: [
      'Fix all linting errors and warnings',
      'Complete TALib integration for pattern detection',
      'Add comprehensive error handling for all external API calls',
      'Implement proper logging for all modules',
      'Add unit tests for critical components',
    ],
  },
  {
    title: 'Documentation',
    items: [
      'Update README.md with system overview',
      'Create user guide for Telegram commands',
      'Document all configuration options',
      'Create API documentation for all modules',
      'Update deployment instructions',
    ],
  },
];

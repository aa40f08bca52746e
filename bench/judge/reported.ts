/** Constants were tried on windows 1 to 9,999 only, false alarms counted on some up to 44,000; what is reported comes from these. */
export const FIRST_REPORTED = 5_000_000;
export const WINDOWS = 2_000;

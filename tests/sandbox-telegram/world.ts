export const GROUP = -1001234567890;
export const ADA = 11;
export const BEN = 12;
export const CYD = 13;
export const TOKEN = '123456:local-test-token';

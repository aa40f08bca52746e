/** What properties are tried with: the same stories every time, others with `SEED=…`. */
export const SEED = Number(process.env.SEED ?? 20_261_122);

/** Shares of finished types at which the ETA is evaluated. */
export const MARKS = [0.1, 0.25, 0.5, 0.75, 0.9]

/** Shares of the types that have ended, at which the told time left is judged. */
export const MARKS = [0.1, 0.25, 0.5, 0.75, 0.9]

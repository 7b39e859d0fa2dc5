/** Median output tokens of an answer about one type, measured with a calibrated model. Used by plans and estimates. */
export const ANSWER_TOKENS = 350

/** What an answer about one type costs at the median of a calibrated model: what plans and estimates reckon with. */
export const ANSWER_TOKENS = 350

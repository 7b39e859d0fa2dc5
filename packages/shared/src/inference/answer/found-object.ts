/** Interpretation of a JSON value. */
export interface AnswerReading {
  /** False: an intended but invalid answer. */
  isAnswer: boolean
}

export interface FoundObject<T extends AnswerReading> {
  /** Undefined: the text starts like an answer but is not JSON. */
  reading: T | undefined
  /** Start index in the text. */
  index: number
  end: number
}

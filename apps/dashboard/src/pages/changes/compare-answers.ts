/** An answer as an event of its scan has it. */
export interface RecordedAnswer {
  capabilities: string[]
  confidence: number | null
}

export interface AnswerPart {
  text: string
  change: 'same' | 'added' | 'removed'
}

export interface ComparedAnswer {
  before: AnswerPart[]
  after: AnswerPart[]
  confidence: { before: number | null; after: number | null }
}

/** Compares two answers. Capabilities of only one of them are marked. An absent answer has no parts. */
export function compareAnswers(
  before: RecordedAnswer | undefined,
  after: RecordedAnswer | undefined,
): ComparedAnswer {
  const old = before?.capabilities ?? []
  const next = after?.capabilities ?? []
  return {
    before: old.map((text) => ({ text, change: next.includes(text) ? 'same' : 'removed' })),
    after: next.map((text) => ({ text, change: old.includes(text) ? 'same' : 'added' })),
    confidence: { before: before?.confidence ?? null, after: after?.confidence ?? null },
  }
}

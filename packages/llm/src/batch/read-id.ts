import { ErrorInAnswer } from '../error-in-answer.ts'

/** Reads the id of a file or batch in a response. Throws ErrorInAnswer for a response without one. */
export function readId(sent: { id: string }): string {
  const { id }: { id?: unknown } = sent
  if (typeof id === 'string' && id !== '') return id
  throw new ErrorInAnswer(sent, { status: 200, headers: new Headers() })
}

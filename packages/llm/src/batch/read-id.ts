import { ErrorInAnswer } from '../error-in-answer.ts'

/** The id of a file or batch that a provider has answered with. Throws ErrorInAnswer when there is none. */
export function readId(sent: { id: string }): string {
  const { id }: { id?: unknown } = sent
  if (typeof id === 'string' && id !== '') return id
  throw new ErrorInAnswer(sent, { status: 200, headers: new Headers() })
}

import { buildQuestion } from '@capstan/shared/inference/prompt'
import type { Question } from '@capstan/shared/inference/types'
import { readDefinitions } from '../stack/read-definitions.ts'

/** Builds the prompts of Capstan for these types of a cluster (`demo` or a folder of manifests). */
export async function buildQuestions(
  types: { cluster: string; include: string[] },
  signal: AbortSignal,
): Promise<Question[]> {
  const questions: Question[] = []
  for await (const definition of readDefinitions(types, signal)) {
    questions.push(buildQuestion(definition))
  }
  return questions
}

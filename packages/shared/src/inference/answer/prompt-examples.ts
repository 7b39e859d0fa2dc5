import { systemPrompt } from '../prompt.ts'

/** The descriptions in the prompt's examples of good answers; their types do not exist, so no answer has one of them. */
const DESCRIPTIONS: ReadonlySet<string> = new Set(
  [...systemPrompt.matchAll(/"description":"([^"]+)"/g)].map(([, text = '']) => text),
)

/** Whether an answer repeats an example of the prompt. */
export function isPromptExample({ description }: { description: string }): boolean {
  return DESCRIPTIONS.has(description)
}

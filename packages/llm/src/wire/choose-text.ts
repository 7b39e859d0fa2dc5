/** Parts of a response that may contain the answer. */
export interface AnswerTexts {
  content: string
  /** Arguments of tool calls. Some servers return structured output as a tool call. */
  toolCalls: readonly string[]
  reasoning: string
}

/**
 * Chooses the text to parse: the first of content, tool call arguments and reasoning with a brace; the content if none has one.
 */
export function chooseText({ content, toolCalls, reasoning }: AnswerTexts): string {
  const texts = [content, ...toolCalls, reasoning]
  return texts.find((text) => text.includes('{')) ?? content
}

/** Returns tool call arguments as text. Servers send a text or an object. */
export function writeArguments(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : ''
}

/** Where models leave their answers, besides the content. */
export interface AnswerTexts {
  content: string
  /** Arguments of tool calls: servers answer a schema with a call of a tool that was not offered. */
  toolCalls: readonly string[]
  reasoning: string
}

/**
 * Chooses the text that the answer is looked for in: the content when an object may be in it, else the arguments of a tool
 * call, else the reasoning; the content when no text can hold an object.
 */
export function chooseText({ content, toolCalls, reasoning }: AnswerTexts): string {
  const texts = [content, ...toolCalls, reasoning]
  return texts.find((text) => text.includes('{')) ?? content
}

/** The arguments of a tool call as text; servers send them as text or as an object. */
export function writeArguments(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : ''
}

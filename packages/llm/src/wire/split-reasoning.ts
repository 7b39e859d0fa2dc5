import { joinText } from './join-text.ts'
import { asMembers } from './members.ts'

/** Splits a content into what the model says and what it thinks before: some servers send both as parts of one list. */
export function splitReasoning(content: unknown): { words: string; thoughts: string } {
  if (!Array.isArray(content)) return { words: joinText(content), thoughts: '' }
  const isThought = (part: unknown): boolean =>
    /^(thinking|thought|reasoning)/.test(String(asMembers(part)['type']))
  return {
    words: joinText(content.filter((part) => !isThought(part))),
    thoughts: joinText(content.filter(isThought)),
  }
}

import { fencedDefinition } from '@capstan/llm/demo/fenced-definition'
import { inferByRules } from '@capstan/llm/demo/infer-by-rules'
import type { FaultKind, SimConfig } from './sim-config.ts'
import type { Asked, Said } from './wire.ts'

/**
 * What the simulated model says: a valid answer made by the demo rules, or a faulty one. The first call of
 * a system prompt pays for it, later ones read it from the cache, as `seenPrompts` remembers.
 */
export function speak(
  { config, seenPrompts }: { config: SimConfig; seenPrompts: Set<string> },
  asked: Asked,
  id: string,
  fault: FaultKind | undefined,
): Said {
  const count = (text: string): number => Math.ceil(text.length / config.charsPerToken)
  const cached = seenPrompts.has(asked.system)
  seenPrompts.add(asked.system)
  const answer = JSON.stringify(inferByRules(fencedDefinition(asked.user)))
  const { text, stop } = spoil(answer, fault)
  const prefix = count(asked.system)
  return {
    text,
    stop,
    inputTokens: count(asked.user) + (cached ? 0 : prefix),
    cachedTokens: cached ? prefix : 0,
    outputTokens: count(text),
    model: asked.model,
    id,
  }
}

function spoil(answer: string, fault: FaultKind | undefined): Pick<Said, 'text' | 'stop'> {
  switch (fault) {
    case 'broken-text':
      return { text: `Here you are: ${answer.slice(1)}`, stop: 'end' }
    case 'fenced-text':
      return { text: `\`\`\`json\n${answer}\n\`\`\``, stop: 'end' }
    case 'truncated-text':
      return { text: answer.slice(0, answer.length / 2), stop: 'length' }
    case 'schema-breaking-text':
      return { text: answer.replace(/"complexity":"\w+"/, '"complexity":"enormous"'), stop: 'end' }
    case 'refusal':
      return { text: 'I cannot help with that.', stop: 'refusal' }
    case undefined:
    default:
      return { text: answer, stop: 'end' }
  }
}

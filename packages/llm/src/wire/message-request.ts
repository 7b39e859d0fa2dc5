import type Anthropic from '@anthropic-ai/sdk'
import type { Dialect } from '@capstan/shared/inference/dialect'
import { FULL_DIALECT } from '@capstan/shared/inference/full-dialect'
import type { Question } from '@capstan/shared/inference/types'
import { writeInstructions } from '../dialect/write-instructions.ts'

/** Builds a Messages request. This API has two output modes: a strict schema, or text. */
export function buildMessageRequest(
  model: string,
  question: Question,
  dialect: Dialect = FULL_DIALECT,
): Anthropic.MessageCreateParamsNonStreaming {
  const { schema } = question.format
  return {
    model,
    max_tokens: question.maxOutputTokens,
    ...writePrompt(question, dialect),
    ...(dialect.output === 'strict_schema' && {
      output_config: { format: { type: 'json_schema', schema } },
    }),
  }
}

function writePrompt(question: Question, dialect: Dialect) {
  const output = dialect.output === 'strict_schema' ? 'strict_schema' : 'text'
  const instructions = writeInstructions(question, { output })
  const ask = (content: string): Anthropic.MessageParam[] => [{ role: 'user', content }]
  if (dialect.system === 'user') return { messages: ask(`${instructions}\n\n${question.user}`) }
  // The cacheable prefix: all later types read it from the cache.
  const cached = { type: 'text', text: instructions, cache_control: { type: 'ephemeral' } } as const
  return { system: [cached], messages: ask(question.user) }
}

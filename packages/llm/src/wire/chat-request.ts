import type OpenAI from 'openai'
import type { Dialect } from '@capstan/shared/inference/dialect'
import { FULL_DIALECT } from '@capstan/shared/inference/full-dialect'
import type { AnswerFormat, Question } from '@capstan/shared/inference/types'
import { loosenSchema } from '../dialect/loosen-schema.ts'
import { writeInstructions } from '../dialect/write-instructions.ts'

/** Builds a chat/completions request. Without a temperature, because reasoning models reject other values than their default. */
export function buildChatRequest(
  model: string,
  question: Question,
  dialect: Dialect = FULL_DIALECT,
): OpenAI.ChatCompletionCreateParamsNonStreaming {
  const format = buildResponseFormat(question.format, dialect)
  return {
    model,
    messages: writeMessages(question, dialect),
    [dialect.limit]: question.maxOutputTokens,
    ...(format && { response_format: format }),
  }
}

function writeMessages(question: Question, dialect: Dialect): OpenAI.ChatCompletionMessageParam[] {
  const instructions = writeInstructions(question, dialect)
  if (dialect.system === 'user') {
    return [{ role: 'user', content: `${instructions}\n\n${question.user}` }]
  }
  return [
    { role: 'system', content: instructions },
    { role: 'user', content: question.user },
  ]
}

function buildResponseFormat({ name, schema }: AnswerFormat, { output }: Dialect) {
  switch (output) {
    case 'strict_schema':
      return { type: 'json_schema', json_schema: { strict: true, name, schema } } as const
    case 'schema':
      return { type: 'json_schema', json_schema: { name, schema: loosenSchema(schema) } } as const
    case 'json_object':
      return { type: 'json_object' } as const
    case 'text':
      return undefined
  }
}

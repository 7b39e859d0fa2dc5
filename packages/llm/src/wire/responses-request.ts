import type OpenAI from 'openai'
import type { Dialect } from '@capstan/shared/inference/dialect'
import { FULL_DIALECT } from '@capstan/shared/inference/full-dialect'
import type { AnswerFormat, Question } from '@capstan/shared/inference/types'
import { loosenSchema } from '../dialect/loosen-schema.ts'
import { writeInstructions } from '../dialect/write-instructions.ts'

/** Builds a responses request. This API always uses `max_output_tokens`. */
export function buildResponsesRequest(
  model: string,
  question: Question,
  dialect: Dialect = FULL_DIALECT,
): OpenAI.Responses.ResponseCreateParamsNonStreaming {
  const format = buildTextFormat(question.format, dialect)
  return {
    model,
    ...writeInput(question, dialect),
    max_output_tokens: question.maxOutputTokens,
    store: false,
    ...(format && { text: { format } }),
  }
}

function writeInput(question: Question, dialect: Dialect) {
  const instructions = writeInstructions(question, dialect)
  if (dialect.system === 'user') return { input: `${instructions}\n\n${question.user}` }
  // The mode json_object requires the word JSON in the input; the instructions do not count.
  const reminder = dialect.output === 'json_object' ? '\n\nAnswer with one JSON object.' : ''
  return { instructions, input: `${question.user}${reminder}` }
}

function buildTextFormat({ name, schema }: AnswerFormat, { output }: Dialect) {
  switch (output) {
    case 'strict_schema':
      return { type: 'json_schema', strict: true, name, schema } as const
    case 'schema':
      return { type: 'json_schema', strict: false, name, schema: loosenSchema(schema) } as const
    case 'json_object':
      return { type: 'json_object' } as const
    case 'text':
      return undefined
  }
}

import type OpenAI from 'openai'
import type { Dialect } from '@capstan/shared/inference/dialect'
import { FULL_DIALECT } from '@capstan/shared/inference/full-dialect'
import type { AnswerFormat, Question } from '@capstan/shared/inference/types'
import { loosenSchema } from '../dialect/loosen-schema.ts'
import { writeInstructions } from '../dialect/write-instructions.ts'

/** One question in the form of responses; `max_output_tokens` bounds every answer of this API. */
export function buildResponsesRequest(
  model: string,
  question: Question,
  dialect: Dialect = FULL_DIALECT,
): OpenAI.Responses.ResponseCreateParamsNonStreaming {
  const format = textFormat(question.format, dialect)
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
  // The mode of any JSON object demands the word in the input, and does not look into the instructions.
  const reminder = dialect.output === 'json_object' ? '\n\nAnswer with one JSON object.' : ''
  return { instructions, input: `${question.user}${reminder}` }
}

function textFormat({ name, schema }: AnswerFormat, { output }: Dialect) {
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

import type { UnestimatedAnswer } from '@capstan/shared/inference/batch-types'
import type { ModelAnswer } from '@capstan/shared/inference/types'
import { chooseText, writeArguments } from './choose-text.ts'
import { joinText } from './join-text.ts'
import { asList, asMembers, type Members } from './members.ts'
import { readStop } from './read-stop.ts'
import { readUsage } from '../usage/read-usage.ts'

/** Reads a response of OpenAI or a compatible server. All members are optional. */
export function readResponse(data: unknown): Pick<UnestimatedAnswer, 'text' | 'stop' | 'usage'> {
  const response = asMembers(data)
  const items = asList(response['output']).map(asMembers)
  const messages = items.filter(({ type, content }) => type === 'message' || (!type && content))
  const parts = messages.flatMap(({ content }) => listParts(content))
  return {
    text: chooseText({
      content:
        joinText(parts.filter(({ type }) => type !== 'refusal')) ||
        joinText(response['output_text']),
      toolCalls: items
        .filter(({ type }) => type === 'function_call' || type === 'custom_tool_call')
        .map((call) => writeArguments(call['arguments'] ?? call['input'])),
      reasoning: items
        .filter(({ type }) => type === 'reasoning')
        .map(readReasoning)
        .join(''),
    }),
    stop: parts.some(({ type }) => type === 'refusal') ? 'refusal' : readResponseStop(response),
    usage: readUsage(data),
  }
}

function listParts(content: unknown): Members[] {
  return typeof content === 'string' ? [{ text: content }] : asList(content).map(asMembers)
}

function readReasoning({ content, summary }: Members): string {
  return joinText(content) || joinText(summary)
}

function readResponseStop({ incomplete_details, status }: Members): ModelAnswer['stop'] {
  return readStop(asMembers(incomplete_details)['reason'] ?? status)
}

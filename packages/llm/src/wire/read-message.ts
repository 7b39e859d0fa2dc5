import type { ModelAnswer } from '@capstan/shared/inference/types'
import { chooseText, writeArguments } from './choose-text.ts'
import { joinText } from './join-text.ts'
import { asList, asMembers, type Members } from './members.ts'
import { readStop } from './read-stop.ts'

/** Reads a message of Anthropic or a compatible gateway. All members are optional. */
export function readMessage(data: unknown): Pick<ModelAnswer, 'text' | 'stop'> {
  const { content, stop_reason: reason } = asMembers(data)
  const blocks = typeof content === 'string' ? [{ text: content }] : asList(content).map(asMembers)
  return {
    text: chooseText({
      content: joinText(blocks.filter(isText)),
      toolCalls: blocks
        .filter(({ type }) => type === 'tool_use')
        .map((one) => writeArguments(one['input'])),
      reasoning: joinText(blocks.filter(({ type }) => type === 'thinking')),
    }),
    stop: readStop(reason),
  }
}

/** True for text blocks. Some gateways send blocks without a type. */
function isText({ type }: Members): boolean {
  return type === undefined || type === 'text' || type === 'output_text'
}

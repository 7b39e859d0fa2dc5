import type { UnestimatedAnswer } from '@capstan/shared/inference/batch-types'
import type { ModelAnswer } from '@capstan/shared/inference/types'
import { chooseText, writeArguments } from './choose-text.ts'
import { joinText } from './join-text.ts'
import { asList, asMembers, type Members } from './members.ts'
import { readStop } from './read-stop.ts'
import { readUsage } from '../usage/read-usage.ts'

/** Reads a chat completion of any compatible server. All members are optional. */
export function readChat(data: unknown): Pick<UnestimatedAnswer, 'text' | 'stop' | 'usage'> {
  const choice = asMembers(asList(asMembers(data)['choices'])[0])
  const message = readMessage(choice)
  const { words, thoughts } = splitReasoning(message['content'])
  return {
    text: chooseText({
      content: words,
      toolCalls: listToolCalls(message),
      reasoning: readReasoning(message) || thoughts,
    }),
    stop: readChoiceStop(choice, message),
    usage: readUsage(data),
  }
}

/** Servers with internal streaming send a `delta`, and completion models a `text`. */
function readMessage({ message, delta, text }: Members): Members {
  const found = [message, delta].map(asMembers).find((one) => Object.keys(one).length > 0)
  return found ?? { content: text }
}

function listToolCalls({ tool_calls, function_call }: Members): string[] {
  const calls = asList(tool_calls).map((call) => {
    const { function: called, ...members } = asMembers(call)
    return { ...members, ...asMembers(called) }
  })
  const all = [...calls, asMembers(function_call)]
  return all.map((call) => writeArguments(call['arguments'] ?? call['input']))
}

function readReasoning({ reasoning_content, reasoning, thinking, reasoning_details }: Members) {
  const texts = [reasoning_content, reasoning, thinking, reasoning_details].map((one) =>
    joinText(one),
  )
  return texts.find((text) => text !== '') ?? ''
}

function readChoiceStop(choice: Members, { refusal }: Members): ModelAnswer['stop'] {
  if (typeof refusal === 'string' && refusal !== '') return 'refusal'
  return readStop(choice['finish_reason'] ?? choice['stop_reason'])
}

/** Separates answer and reasoning: some servers send both as parts of the content. */
function splitReasoning(content: unknown): { words: string; thoughts: string } {
  if (!Array.isArray(content)) return { words: joinText(content), thoughts: '' }
  const isThought = (part: unknown): boolean =>
    /^(thinking|thought|reasoning)/.test(String(asMembers(part)['type']))
  return {
    words: joinText(content.filter((part) => !isThought(part))),
    thoughts: joinText(content.filter(isThought)),
  }
}

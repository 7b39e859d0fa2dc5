import { createServer } from 'node:http'
import { json as readJson } from 'node:stream/consumers'
import { listenForTest } from '@capstan/testkit/listen-for-test'
import { isModelListRequest } from '@capstan/testkit/model-server'
import { LIGHTHOUSE } from '@capstan/testkit/answers/answer-fixture'

interface AnswerText {
  text: string
  stop?: 'end' | 'length'
}

export interface AnswerServer {
  url: string
  /** Calls made about each kind. */
  calls: Map<string, number>
}

/**
 * Starts a model with the wire formats of Anthropic and OpenAI. It answers the first question about a kind with the text of that
 * kind, and each further question with the plain answer about a lighthouse. The kind is the first word of the definition.
 */
export async function startAnswerServer(answers: Map<string, AnswerText>): Promise<AnswerServer> {
  const calls = new Map<string, number>()
  const server = createServer((request, response) => {
    if (isModelListRequest(request.url)) return void response.writeHead(404).end()
    void readJson(request).then((body) => {
      const kind =
        /-----definition \w+-----\s+(\w+)/.exec(
          JSON.stringify(body).replaceAll('\\n', '\n'),
        )?.[1] ?? ''
      calls.set(kind, (calls.get(kind) ?? 0) + 1)
      const answer = calls.get(kind) === 1 ? answers.get(kind) : undefined
      const isAnthropic = request.url?.endsWith('/messages') === true
      const write = isAnthropic ? writeMessage : writeCompletion
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(write(answer ?? { text: JSON.stringify(LIGHTHOUSE) })))
    })
  })
  const { url } = await listenForTest(server)
  return { url, calls }
}

function writeMessage({ text, stop }: AnswerText) {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [{ type: 'text', text }],
    stop_reason: stop === 'length' ? 'max_tokens' : 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 10 },
  }
}

function writeCompletion({ text: content, stop }: AnswerText) {
  const finish_reason = stop === 'length' ? 'length' : 'stop'
  return {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason }],
    usage: { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 },
  }
}

import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { listenForTest } from '@capstan/testkit/listen-for-test'
import { isModelListRequest } from '@capstan/testkit/model-server'
import { makeStoredResult } from '@capstan/testkit/make-stored-result'

interface UsageServer {
  url: string
  /** Kinds in the order of the questions about them. */
  calls: string[]
}

const ANSWER = JSON.stringify(makeStoredResult().answer)
const KIND = /Usage\d+/
const QUESTION = /"custom_id":"(?<id>[^"]+)".*?(?<kind>Usage\d+)/g

/**
 * Starts a server with the APIs of Anthropic and OpenAI, including batches. It gives each question a valid answer, and adds the
 * members that `membersFor` returns to the body, normally a usage. They are JSON text, because some of them, such as 1e400, are
 * no JavaScript values. A batch has ended as soon as it is submitted.
 */
export async function serveUsage(membersFor: (kind: string) => string): Promise<UsageServer> {
  const calls: string[] = []
  const questions: { id: string; kind: string }[] = []
  const addMembers = (answer: object, kind: string): string => {
    const members = membersFor(kind)
    return `${JSON.stringify(answer).slice(0, -1)}${members === '' ? '' : `,${members}`}}`
  }
  const server = createServer((request, response) => {
    const { url = '', headers } = request
    response.setHeader('content-type', 'application/json')
    void text(request).then((requestBody) => {
      for (const { groups } of requestBody.matchAll(QUESTION)) {
        const { id = '', kind = '' } = groups ?? {}
        questions.push({ id, kind })
        calls.push(kind)
      }
      response.end(answerTo(url, headers.host ?? '', requestBody))
    })
  })
  function answerTo(url: string, host: string, requestBody: string): string {
    if (url.endsWith('/results')) {
      const lines = questions.map(({ id, kind }) => {
        const result = `{"type":"succeeded","message":${addMembers(message(), kind)}}`
        return `{"custom_id":"${id}","result":${result}}`
      })
      return lines.join('\n')
    }
    if (url.endsWith('/content')) {
      const lines = questions.map(({ id, kind }) => {
        const body = `{"status_code":200,"body":${addMembers(completion(), kind)}}`
        return `{"custom_id":"${id}","response":${body}}`
      })
      return lines.join('\n')
    }
    if (isModelListRequest(url)) return '{"data":[]}'
    if (url.endsWith('/files')) return '{"id":"file-in"}'
    if (url.includes('/batches')) return JSON.stringify(endedBatch(host))
    const kind = KIND.exec(requestBody)?.[0] ?? ''
    calls.push(kind)
    return addMembers(url.endsWith('/messages') ? message() : completion(), kind)
  }
  const { url } = await listenForTest(server)
  return { url, calls }
}

/** With the member names of both vendors. */
function endedBatch(host: string) {
  return {
    id: 'batch_1',
    status: 'completed',
    output_file_id: 'file-out',
    processing_status: 'ended',
    results_url: `http://${host}/v1/messages/batches/batch_1/results`,
  }
}

function completion() {
  return {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: ANSWER }, finish_reason: 'stop' }],
  }
}

function message() {
  return {
    id: 'msg',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [{ type: 'text', text: ANSWER }],
    stop_reason: 'end_turn',
  }
}

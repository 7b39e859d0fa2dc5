import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { listenForTest } from '@capstan/testkit/listen-for-test'
import { isModelListRequest } from '@capstan/testkit/model-server'
import { makeStoredResult } from '@capstan/testkit/make-stored-result'

interface UsageServer {
  url: string
  /** Kinds in the order in which they were asked about. */
  calls: string[]
}

const ANSWER = JSON.stringify(makeStoredResult().answer)
const KIND = /Usage\d+/
const QUESTION = /"custom_id":"(?<id>[^"]+)".*?(?<kind>Usage\d+)/g

/**
 * A server with both wires and their batch APIs that answers each question well, and with the members of `extraOf` beside
 * the answer: JSON as text, because some of what servers send is no value of ours. A batch has ended once it is made.
 */
export async function serveUsage(extraOf: (kind: string) => string): Promise<UsageServer> {
  const calls: string[] = []
  const questions: { id: string; kind: string }[] = []
  const withExtra = (answer: object, kind: string): string => {
    const extra = extraOf(kind)
    return `${JSON.stringify(answer).slice(0, -1)}${extra === '' ? '' : `,${extra}`}}`
  }
  const server = createServer((request, response) => {
    const { url = '', headers } = request
    response.setHeader('content-type', 'application/json')
    void text(request).then((asked) => {
      for (const { groups } of asked.matchAll(QUESTION)) {
        const { id = '', kind = '' } = groups ?? {}
        questions.push({ id, kind })
        calls.push(kind)
      }
      response.end(answerTo(url, headers.host ?? '', asked))
    })
  })
  function answerTo(url: string, host: string, asked: string): string {
    if (url.endsWith('/results')) {
      const lines = questions.map(({ id, kind }) => {
        const result = `{"type":"succeeded","message":${withExtra(message(), kind)}}`
        return `{"custom_id":"${id}","result":${result}}`
      })
      return lines.join('\n')
    }
    if (url.endsWith('/content')) {
      const lines = questions.map(({ id, kind }) => {
        const body = `{"status_code":200,"body":${withExtra(completion(), kind)}}`
        return `{"custom_id":"${id}","response":${body}}`
      })
      return lines.join('\n')
    }
    if (isModelListRequest(url)) return '{"data":[]}'
    if (url.endsWith('/files')) return '{"id":"file-in"}'
    if (url.includes('/batches')) return JSON.stringify(endedBatch(host))
    const kind = KIND.exec(asked)?.[0] ?? ''
    calls.push(kind)
    return withExtra(url.endsWith('/messages') ? message() : completion(), kind)
  }
  const { url } = await listenForTest(server)
  return { url, calls }
}

/** As both vendors name it. */
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

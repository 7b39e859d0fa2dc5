import type { ResourceType } from '@capstan/shared/contract/resource-type'
import type { KubeReply } from '../kube/kube-client.ts'
import type { ReduceResult } from '../reduce/reduce-crds.ts'
import { ReducerError } from '../reduce/start-reducer-thread.ts'
import type { DescribeContext } from './describe-context.ts'
import { CRDS_PATH } from './read-crd-names.ts'

/** CRDs per page: about 7 MB on a large cluster. */
const PAGE_SIZE = 100
/** How often the list is started, because the server expires continue tokens. */
const MAX_LISTS = 3
/** Servers write the metadata of a list before its items. */
const HEAD_BYTES = 2048

/**
 * Reads complete CRDs in pages and reduces each page while the next one is requested. Skips unreadable pages, and the rest of
 * a list that expired too often.
 */
export async function* readCrdPages(
  context: DescribeContext,
  types: ResourceType[],
): AsyncGenerator<ReduceResult[]> {
  const { client, reducer, signal, budgetTokens } = context
  const { run, end } = reducer.startRun(types)
  try {
    let lists = 1
    let reply = await client.get(pagePath(), signal)
    for (;;) {
      if (reply.status === 410 && lists++ < MAX_LISTS) reply = await client.get(pagePath(), signal)
      if (reply.status !== 200) return
      const nextToken = peekContinue(reply.body)
      const coming =
        nextToken === undefined
          ? undefined
          : ignoreRejection(client.get(pagePath(nextToken), signal))
      const page = await reducer
        .run('crds', { run, body: reply.body, budgetTokens }, signal)
        .catch(skipUnreadable)
      yield page.reduced
      if (coming) reply = await coming
      else if (page.next !== undefined) reply = await client.get(pagePath(page.next), signal)
      else return
    }
  } finally {
    end()
  }
}

function pagePath(token?: string): string {
  const from = token === undefined ? '' : `&continue=${encodeURIComponent(token)}`
  return `${CRDS_PATH}?limit=${PAGE_SIZE}${from}`
}

/** The continue token, if the beginning of the page contains it. */
function peekContinue(body: Uint8Array): string | undefined {
  const head = new TextDecoder().decode(body.subarray(0, HEAD_BYTES))
  return /^\{(?:"kind":"\w+",)?(?:"apiVersion":"[^"]+",)?"metadata":\{[^{}]*"continue":"([^"\\]+)"/.exec(
    head,
  )?.[1]
}

/** For a promise that is awaited later: a rejection before that is not unhandled. */
function ignoreRejection(reply: Promise<KubeReply>): Promise<KubeReply> {
  reply.catch(() => undefined)
  return reply
}

function skipUnreadable(error: unknown): { reduced: ReduceResult[]; next: string | undefined } {
  if (error instanceof ReducerError) return { reduced: [], next: undefined }
  throw error
}

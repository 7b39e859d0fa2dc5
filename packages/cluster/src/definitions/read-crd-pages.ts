import type { ResourceType } from '@capstan/shared/contract/resource-type'
import type { KubeReply } from '../kube/kube-client.ts'
import type { ReduceResult } from '../reduce/reduce-crds.ts'
import { ReducerError } from '../reduce/start-reducer-thread.ts'
import type { DescribeContext } from './describe-context.ts'
import { CRDS_PATH } from './read-crd-names.ts'

/** About 7 MB a page on a large cluster. */
const PAGE = 100
/** A list that takes longer than the server remembers is begun again this often. */
const MAX_LISTS = 3
/** Servers write the list's metadata before its items. */
const HEAD_BYTES = 2048

/**
 * Reads whole CRDs in pages and reduces each at once; the next page is on its way meanwhile. What a page that
 * cannot be read holds is left out, and so is everything after a list that expired too often.
 */
export async function* readCrdPages(
  describing: DescribeContext,
  types: ResourceType[],
): AsyncGenerator<ReduceResult[]> {
  const { client, reducer, signal, budgetTokens } = describing
  const { run, forget } = reducer.want(types)
  try {
    let lists = 1
    let reply = await client.get(pagePath(), signal)
    for (;;) {
      if (reply.status === 410 && lists++ < MAX_LISTS) reply = await client.get(pagePath(), signal)
      if (reply.status !== 200) return
      const ahead = peekContinue(reply.body)
      const coming = ahead === undefined ? undefined : eager(client.get(pagePath(ahead), signal))
      const page = await reducer
        .run('crds', { run, body: reply.body, budgetTokens }, signal)
        .catch(passOver)
      yield page.reduced
      if (coming) reply = await coming
      else if (page.next !== undefined) reply = await client.get(pagePath(page.next), signal)
      else return
    }
  } finally {
    forget()
  }
}

function pagePath(token?: string): string {
  const from = token === undefined ? '' : `&continue=${encodeURIComponent(token)}`
  return `${CRDS_PATH}?limit=${PAGE}${from}`
}

/** The token of the next page, when the beginning of this one shows it. */
function peekContinue(body: Uint8Array): string | undefined {
  const head = new TextDecoder().decode(body.subarray(0, HEAD_BYTES))
  return /^\{(?:"kind":"\w+",)?(?:"apiVersion":"[^"]+",)?"metadata":\{[^{}]*"continue":"([^"\\]+)"/.exec(
    head,
  )?.[1]
}

/** Started before it is awaited; a failure shows when it is, not as an unhandled one. */
function eager(reply: Promise<KubeReply>): Promise<KubeReply> {
  reply.catch(() => undefined)
  return reply
}

function passOver(error: unknown): { reduced: ReduceResult[]; next: string | undefined } {
  if (error instanceof ReducerError) return { reduced: [], next: undefined }
  throw error
}

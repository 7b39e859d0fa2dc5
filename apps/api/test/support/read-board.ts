import type { ApiRig } from './api-rig.ts'

/** A queue in the API of the board. */
export interface BoardQueue {
  name: string
  displayName: string
  description: string
  readOnlyMode: boolean
  counts: Record<string, number>
  jobs: BoardJob[]
}

export interface BoardJob {
  id: string
  name: string
  data: unknown
  returnValue: unknown
  failedReason?: string
  externalUrl?: { displayText: string; href: string }
}

/** Reads all queues of the board, with the jobs of one state for the named queue. */
export async function readBoard(
  { ask }: Pick<ApiRig, 'ask'>,
  queue = 'none',
  status = 'latest',
): Promise<BoardQueue[]> {
  const query = `activeQueue=${queue}&status=${status}&page=1&jobsPerPage=100`
  const response = await ask(`/queues/api/queues?${query}`)
  if (response.status !== 200) throw new Error(`the board answered ${response.status}`)
  return ((await response.json()) as { queues: BoardQueue[] }).queues
}

/** Reads one queue with its jobs of one state. Throws when the board does not have it. */
export async function readBoardQueue(
  rig: Pick<ApiRig, 'ask'>,
  queue: string,
  status?: string,
): Promise<BoardQueue> {
  const found = (await readBoard(rig, queue, status)).find(({ name }) => name === queue)
  if (!found) throw new Error(`the board shows no queue ${queue}`)
  return found
}

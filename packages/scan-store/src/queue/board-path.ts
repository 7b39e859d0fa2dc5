import { buildInferJobId } from './infer-queue.ts'

/** Where the API serves the queue board. */
export const BOARD_PATH = '/queues'

/** Page of one queue on the board. */
export function buildBoardQueuePath(queue: string): string {
  return `${BOARD_PATH}/queue/${encodeURIComponent(queue)}`
}

/** Page of the job of one type. The board shows nothing there before the job is added and after it was removed. */
export function buildBoardJobPath(queue: string, scanId: string, resource: string): string {
  return `${buildBoardQueuePath(queue)}/${encodeURIComponent(buildInferJobId(scanId, resource))}`
}

import { buildInferJobId } from './infer-queue.ts'

/** Path of Bull Board in the API. */
export const BOARD_PATH = '/queues'

/** Builds the path of a queue on the board. */
export function buildBoardQueuePath(queue: string): string {
  return `${BOARD_PATH}/queue/${encodeURIComponent(queue)}`
}

/** Builds the path of the job of one type on the board. The page is empty before the job is added and after its removal. */
export function buildBoardJobPath(queue: string, scanId: string, resource: string): string {
  return `${buildBoardQueuePath(queue)}/${encodeURIComponent(buildInferJobId(scanId, resource))}`
}

import { API } from '../../data/request.ts'

/** Bull Board, below the path prefix of the server. */
export const BOARD = new URL('../../queues', API).href

/** Returns the page of a queue in Bull Board. */
export function toBoardQueue(queue: string): string {
  return `${BOARD}/queue/${encodeURIComponent(queue)}`
}

import { api } from '../../../data/api.ts'
import { isFrameType } from '../../../data/frame-types.ts'
import type { StoredFrame } from '../../../data/frame.ts'

const PAGE = 1_000

export interface AllEvents {
  frames: StoredFrame[]
  /** Old events are no longer kept. */
  isIncomplete: boolean
}

/** Reads all kept events of a scan, in order. */
export async function readAllEvents(scanId: string, signal: AbortSignal): Promise<AllEvents> {
  const frames: StoredFrame[] = []
  let isIncomplete = false
  let after: string | null = '0'
  while (after !== null) {
    const list = { after: Number(after), limit: PAGE }
    const { data, page, gap } = await api.listEvents(scanId, list, signal)
    isIncomplete ||= gap !== null
    frames.push(...data.filter(({ type }) => isFrameType(type)))
    after = page.nextCursor
  }
  return { frames, isIncomplete }
}

import {
  MAX_FOLLOWED_SCANS,
  STREAM_TOPICS,
  type StreamTopic,
} from '@capstan/shared/contract/events/stream-topics'
import { ScanId } from '@capstan/shared/contract/scan/scan-id'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import {
  describeUnknown,
  invalidRequestError,
  type RequestFault,
} from '../../validation/request-fault.ts'

/** The topics of one stream, without repetitions. */
export interface Topics {
  names: ReadonlySet<StreamTopic>
  scanIds: readonly string[]
}

const SCAN_PREFIX = 'scan:'
const HINT = `Topics: ${STREAM_TOPICS.join(', ')}, and scan:<id> for at most ${MAX_FOLLOWED_SCANS} scans.`

/** Parses the parameter `topics`. AppError VALIDATION for an unknown topic, for none, and for too many scans. */
export function parseTopics(text: string): Topics {
  const parts = new Set(text.split(',').map((one) => one.trim()))
  parts.delete('')
  const names = new Set<StreamTopic>()
  const scanIds: string[] = []
  const faults: RequestFault[] = []
  for (const part of parts) {
    const name = STREAM_TOPICS.find((one) => one === part)
    const scanId = ScanId.safeParse(part.slice(SCAN_PREFIX.length))
    if (name) names.add(name)
    else if (part.startsWith(SCAN_PREFIX) && scanId.success) scanIds.push(scanId.data)
    else faults.push(createUnknownFault(part))
  }
  if (parts.size === 0) faults.push({ pointer: '#/topics', detail: 'must name at least one topic' })
  if (scanIds.length > MAX_FOLLOWED_SCANS) {
    const detail = `must name at most ${MAX_FOLLOWED_SCANS} scans`
    faults.push({ pointer: '#/topics', detail })
  }
  if (faults.length > 0) throw invalidRequestError('query', faults, HINT)
  return { names, scanIds }
}

function createUnknownFault(part: string): RequestFault {
  const known = [...STREAM_TOPICS, `${SCAN_PREFIX}<id>`]
  const detail = `\`${toPlainText(part, 100)}\` ${describeUnknown('topic', part, known)}`
  return { pointer: '#/topics', detail }
}

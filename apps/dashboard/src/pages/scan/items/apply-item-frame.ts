import type { Frame, FrameData } from '../../../data/frame.ts'
import type { ItemStatus, ScanItem } from '@capstan/shared/contract/scan/scan-item'

type Change = Partial<ScanItem>

/** Status that each event gives to its type, and the fields that it carries. */
const CHANGES: Partial<Record<Frame['type'], (data: FrameData) => Change>> = {
  'resource.started': ({ at, attempt = 1 }) => ({
    status: 'running',
    attempt,
    startedAt: at,
    finishedAt: null,
    nextAttemptAt: null,
    problem: null,
  }),
  'resource.retrying': ({ attempt = 1, nextAttemptAt = null }) => ({
    status: 'retrying',
    attempt,
    nextAttemptAt,
  }),
  'resource.released': () => ({ status: 'queued', nextAttemptAt: null }),
  'resource.requeued': () => ({
    status: 'queued',
    finishedAt: null,
    nextAttemptAt: null,
    problem: null,
  }),
  'resource.succeeded': (data) => ({
    ...end('succeeded', data),
    durationMs: data.durationMs ?? null,
    usage: data.usage ?? null,
    cached: data.cached ?? false,
    source: data.source ?? null,
    confidence: data.confidence ?? null,
    problem: null,
  }),
  'resource.failed': (data) => ({
    ...end('failed', data),
    problem: data.problem ?? null,
    ...(data.attempts === undefined ? {} : { attempt: data.attempts }),
  }),
  'resource.skipped': (data) => ({ ...end('skipped', data), reason: data.reason ?? null }),
  'resource.canceled': (data) => end('canceled', data),
}

function end(status: ItemStatus, { at }: FrameData): Change {
  return { status, finishedAt: at, nextAttemptAt: null }
}

/** Returns the status that an event gives to its type; undefined for other events. */
export function readItemStatus({ type, data }: Frame): ItemStatus | undefined {
  return CHANGES[type]?.(data).status
}

/** Returns the type after an event of it. Events that are older than the known state change nothing. */
export function applyItemFrame(item: ScanItem, { type, data }: Frame): ScanItem {
  const change = CHANGES[type]
  if (change === undefined || data.resource !== item.resource) return item
  if (Date.parse(data.at) < readLastChange(item)) return item
  return { ...item, ...change(data) }
}

/** Time of the last known change, in ms. 0 when none is known. */
function readLastChange({ startedAt, finishedAt }: ScanItem): number {
  return Math.max(Date.parse(startedAt ?? '') || 0, Date.parse(finishedAt ?? '') || 0)
}

import { formatDuration, pluralize } from '@capstan/shared/text/units'
import type { Frame, FrameData } from '../../../data/frame.ts'

const TEXTS: Partial<Record<Frame['type'], (data: FrameData) => string>> = {
  'scan.started': ({ total = 0 }) => `the scan started with ${pluralize(total, 'type')}`,
  'scan.paused': ({ by, problem, reason }) =>
    `${by ?? 'the server'} paused the scan: ${problem?.title ?? reason ?? ''}`,
  'scan.budget': ({ percent = 0 }) =>
    percent === 100 ? 'the budget is used up' : `${percent} % of the budget are used`,
  'scan.resumed': ({ by }) => `${by ?? 'the server'} resumed the scan`,
  'scan.canceling': ({ by }) => `${by ?? 'the server'} canceled the scan`,
  'scan.finished': ({ status = '' }) => `the scan ended: ${status}`,
  'resource.started': ({ attempt = 1 }) => (attempt > 1 ? `started attempt ${attempt}` : 'started'),
  'resource.retrying': ({ reason = '', detail }) =>
    `is retried after ${reason}${detail === undefined ? '' : `: ${detail}`}`,
  'resource.released': ({ reason = '' }) => `was requeued: ${reason}`,
  'resource.succeeded': ({ durationMs = 0, cached = false, source }) =>
    cached || source === 'curated'
      ? `has an answer without a call`
      : `has an answer after ${formatDuration(durationMs)}`,
  'resource.failed': ({ problem }) => `failed: ${problem?.title ?? ''}`,
  'resource.skipped': ({ reason = '' }) => `was skipped: ${reason}`,
  'resource.canceled': () => 'was canceled',
  'resource.requeued': ({ by = '' }) => `was requeued by ${by}`,
  'resource.stalled': () => 'lost its worker',
  'queue.paused': ({ reason = '' }) => `the queue is paused: ${reason}`,
  'queue.resumed': () => 'the queue is resumed',
  'provider.throttled': () => 'calls wait for a limit of the provider',
  'provider.breaker': ({ reason = '' }) => `the circuit breaker changed: ${reason}`,
}

/** Describes an event in a few words, without the name of its type. Undefined for events that only carry state. */
export function describeFrame({ type, data }: Frame): string | undefined {
  return TEXTS[type]?.(data)
}

import { expect } from 'vitest'
import { isDone, type ScanStatus } from '@capstan/shared/contract/scan/scan-status'
import { ITEM_STATUSES, type ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import type {
  Claim,
  ControlOutcome,
  DiscardOutcome,
  AttemptOutcome,
  RecordOutcome,
  RetryOutcome,
  UnclaimedAnswer,
  UnclaimedOutcome,
} from '@capstan/scan-store/journal/types'

interface ItemModel {
  status: ItemStatus
  epoch: number
  attempt: number
  losses: number
  /** Outcomes of its attempts, oldest first. */
  attempts: string[]
  isDiscarded?: boolean
}

/** Model of the journal in plain TypeScript without Redis: the reference of the property test. */
export interface ScanModel {
  status: ScanStatus
  items: Map<string, ItemModel>
  planned: boolean
  resumeTo: ScanStatus
  runAttempt: number
  calls: number
  cacheHits: number
  curatedAnswers: number
  events: string[]
}

/** `stored` and `curated`: the plan contains its answer. */
type PlannedStatus = 'queued' | 'stored' | 'curated' | 'skipped' | 'failed'

const MAX_LOSSES = 5
const ENDED: readonly ItemStatus[] = ['succeeded', 'failed', 'skipped', 'canceled']

export function newModel(): ScanModel {
  return {
    status: 'discovering',
    items: new Map(),
    planned: false,
    resumeTo: 'queued',
    runAttempt: 1,
    calls: 0,
    cacheHits: 0,
    curatedAnswers: 0,
    events: [],
  }
}

export function countOf(model: ScanModel, status: ItemStatus): number {
  return [...model.items.values()].filter((item) => item.status === status).length
}

export function plan(model: ScanModel, entries: [string, PlannedStatus][]): string {
  if (model.planned) return 'already-planned'
  if (model.status !== 'discovering') return 'not-open'
  model.planned = true
  model.status = 'queued'
  model.events.push('scan.started')
  for (const [name, planned] of entries) {
    const status = planned === 'stored' || planned === 'curated' ? 'succeeded' : planned
    model.items.set(name, { status, epoch: 0, attempt: 0, losses: 0, attempts: [] })
    if (status !== 'queued') model.events.push(`resource.${status}`)
    if (planned === 'stored') model.cacheHits += 1
    if (planned === 'curated') model.curatedAnswers += 1
  }
  sealIfOver(model)
  return 'planned'
}

/** The model has no problems, only the fact that a failed item has one. */
function alreadyDone({ status }: { status: ItemStatus }): Partial<Claim> {
  const problem = status === 'failed' ? expect.anything() : null
  return { outcome: 'refused', because: 'already-done', ended: { status, problem } }
}

export function claim(model: ScanModel, name: string): Partial<Claim> {
  const item = model.items.get(name)
  if (!item) return { outcome: 'refused', because: 'unknown' }
  if (item.status === 'canceled') return { outcome: 'refused', because: 'canceled' }
  if (ENDED.includes(item.status)) return alreadyDone(item)
  if (item.status === 'running') {
    item.attempts.push('lost')
    item.losses += 1
    if (item.losses >= MAX_LOSSES && model.status !== 'canceling') {
      end(model, item, 'failed')
      return alreadyDone(item)
    }
  }
  if (model.status === 'canceling') {
    end(model, item, 'canceled')
    return { outcome: 'refused', because: 'canceled' }
  }
  if (model.status === 'paused') {
    if (item.status === 'running') release(model, item)
    return { outcome: 'refused', because: 'paused' }
  }
  model.status = 'running'
  item.epoch += 1
  item.attempt += 1
  item.status = 'running'
  model.events.push('resource.started')
  return { outcome: 'claimed', epoch: item.epoch, attempt: item.attempt }
}

export function record(
  model: ScanModel,
  name: string,
  epoch: number,
  outcome: AttemptOutcome,
): RecordOutcome {
  const item = model.items.get(name)
  if (!item) return 'unknown'
  if (item.epoch !== epoch) return 'fenced'
  if (item.status !== 'running') return 'duplicate'
  model.calls += outcome.calls
  if (outcome.type === 'succeeded' && outcome.cached) model.cacheHits += 1
  if (outcome.type === 'succeeded' && outcome.provider === 'curated') model.curatedAnswers += 1
  const canceled = model.status === 'canceling' && outcome.type !== 'succeeded'
  if (outcome.type !== 'deferred') item.attempts.push(canceled ? 'canceled' : outcome.type)
  if (canceled) end(model, item, 'canceled')
  else if (outcome.type === 'released' || outcome.type === 'deferred') release(model, item)
  else if (outcome.type === 'retrying') {
    if (outcome.usesNoAttempt) item.attempt -= 1
    item.status = 'retrying'
    model.events.push('resource.retrying')
  } else end(model, item, outcome.type)
  return 'recorded'
}

/** `hasAnswer`: the batch store holds an answer of the item. */
export function recordUnclaimed(
  model: ScanModel,
  name: string,
  {
    cached,
    curatedVersion,
    endsRunningItem = false,
  }: Pick<UnclaimedAnswer, 'cached' | 'curatedVersion' | 'endsRunningItem'>,
  hasAnswer: boolean,
): UnclaimedOutcome {
  const item = model.items.get(name)
  if (!item) return 'unknown'
  if (ENDED.includes(item.status)) return 'duplicate'
  if (item.status === 'running' && !endsRunningItem) return 'busy'
  const isCurated = curatedVersion !== undefined
  if (!cached && !isCurated && !hasAnswer) return 'absent'
  if (item.status === 'running') {
    item.attempts.push('lost')
    item.losses += 1
  }
  if (model.status === 'queued') model.status = 'running'
  if (isCurated) model.curatedAnswers += 1
  else if (cached) model.cacheHits += 1
  else model.calls += 1
  item.epoch += 1
  item.attempt += 1
  item.attempts.push('succeeded')
  model.events.push('resource.started')
  end(model, item, 'succeeded')
  return 'recorded'
}

export function abandon(model: ScanModel, name: string): RecordOutcome {
  const item = model.items.get(name)
  if (!item) return 'unknown'
  if (ENDED.includes(item.status)) return 'duplicate'
  if (item.status === 'running') item.attempts.push('lost')
  item.epoch += 1
  end(model, item, model.status === 'canceling' ? 'canceled' : 'failed')
  return 'recorded'
}

export function pause(model: ScanModel): ControlOutcome {
  if (model.status === 'paused') return same(model)
  if (model.status !== 'queued' && model.status !== 'running') return wrong(model)
  model.resumeTo = model.status
  model.events.push('scan.paused')
  return changed(model, 'paused')
}

export function resume(model: ScanModel): ControlOutcome {
  if (model.status === 'queued' || model.status === 'running') return same(model)
  if (model.status !== 'paused') return wrong(model)
  model.events.push('scan.resumed')
  return changed(model, model.resumeTo)
}

export function cancel(model: ScanModel): ControlOutcome {
  if (model.status === 'canceling' || model.status === 'canceled') return same(model)
  if (isDone(model.status)) return wrong(model)
  model.events.push('scan.canceling')
  model.status = 'canceling'
  const waiting = [...model.items.values()].filter(
    (item) => item.status === 'queued' || item.status === 'retrying',
  )
  for (const item of waiting) {
    item.status = 'canceled'
    model.events.push('resource.canceled')
  }
  sealIfOver(model)
  return { outcome: 'changed', status: model.status }
}

export function retry(model: ScanModel, only: string[]): RetryOutcome {
  if (!isDone(model.status) || !model.planned) return wrong(model)
  const others = only.filter((name) => {
    const item = model.items.get(name)
    return item?.status !== 'failed' && item?.status !== 'canceled'
  })
  if (others.length > 0) return { outcome: 'not-failed', status: model.status, resources: others }
  const wanted = [...model.items].filter(([name, item]) =>
    only.length === 0 ? item.status === 'failed' : only.includes(name),
  )
  if (wanted.length === 0) return { ...same(model), requeued: 0 }
  model.runAttempt += 1
  model.events.push('scan.started', ...wanted.map(() => 'resource.requeued'))
  for (const [, item] of wanted) {
    Object.assign(item, { status: 'queued', epoch: item.epoch + 1, attempt: 0, losses: 0 })
  }
  return { ...changed(model, 'queued'), requeued: wanted.length }
}

export function discard(model: ScanModel, only: string[]): DiscardOutcome {
  if (!isDone(model.status)) return { outcome: 'wrong-state', status: model.status }
  const isOther = (name: string): boolean => {
    const item = model.items.get(name)
    return item?.status !== 'failed' && item?.isDiscarded !== true
  }
  const others = only.filter(isOther)
  if (others.length > 0) return { outcome: 'not-failed', status: model.status, resources: others }
  const failed = [...model.items].filter(
    ([name, { status }]) => status === 'failed' && (only.length === 0 || only.includes(name)),
  )
  if (failed.length === 0) return { outcome: 'unchanged', status: model.status, resources: only }
  for (const [, item] of failed) Object.assign(item, { status: 'skipped', isDiscarded: true })
  model.events.push(...failed.map(() => 'resource.skipped'))
  model.status = model.status === 'canceled' ? 'canceling' : 'running'
  sealIfOver(model)
  const resources = only.length > 0 ? only : expect.arrayContaining(failed.map(([name]) => name))
  return { outcome: 'changed', status: model.status, resources }
}

export function failScan(model: ScanModel): ControlOutcome {
  if (model.status === 'failed' && !model.planned) return same(model)
  if (model.status !== 'discovering') return wrong(model)
  model.events.push('scan.finished')
  return changed(model, 'failed')
}

function end(model: ScanModel, item: ItemModel, status: ItemStatus): void {
  item.status = status
  model.events.push(`resource.${status}`)
  sealIfOver(model)
}

function release(model: ScanModel, item: ItemModel): void {
  item.attempt -= 1
  item.status = 'queued'
  model.events.push('resource.released')
}

function sealIfOver(model: ScanModel): void {
  const count = Object.fromEntries(
    ITEM_STATUSES.map((status) => [status, countOf(model, status)]),
  ) as Record<ItemStatus, number>
  if (count.queued + count.running + count.retrying > 0) return
  if (model.status === 'canceling') model.status = 'canceled'
  else if (count.failed + count.canceled === 0) model.status = 'succeeded'
  else model.status = count.succeeded + count.skipped === 0 ? 'failed' : 'partial'
  model.events.push('scan.finished')
}

function changed(model: ScanModel, status: ScanStatus): ControlOutcome {
  model.status = status
  return { outcome: 'changed', status }
}

function same({ status }: ScanModel): ControlOutcome {
  return { outcome: 'unchanged', status }
}

function wrong({ status }: ScanModel): ControlOutcome {
  return { outcome: 'wrong-state', status }
}

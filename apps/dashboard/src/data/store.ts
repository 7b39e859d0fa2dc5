// The state of the server as far as it is known, in signals that views read. Only frames and answers of requests change
// it.
import { batch, computed, signal, type Signal } from '@preact/signals'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { Frame, FrameData } from './frame.ts'
import { endSession } from './session-state.ts'
import type { ConnectionStatus } from './live/live-handlers.ts'
import { publishScanFrame } from './scan-frames.ts'
import { keepServerState } from './server-state.ts'

/** Scans by id, so that a change draws only the rows of its scan. */
const byId = new Map<string, Signal<Scan>>()
const ids = signal<ReadonlySet<string>>(new Set())

export const connection = signal<ConnectionStatus>({ state: 'connecting' })
/** Time of the last event, in ms of the clock of this browser. Null before the first. */
export const heardAt = signal<number | null>(null)

/** Ids of the known scans, newest first. They are sortable by time. */
export const scanIds = computed(() => [...ids.value].toSorted().toReversed())

export function setConnection(status: ConnectionStatus): void {
  connection.value = status
}

/** Returns the signal of a scan; undefined while it is unknown. */
export function findScanSignal(id: string): Signal<Scan> | undefined {
  return ids.value.has(id) ? byId.get(id) : undefined
}

/** Keeps a scan, unless a newer state of it is known and not `isForced`. */
export function keepScan(scan: Scan, isForced = false): void {
  const known = byId.get(scan.id)
  if (known === undefined) byId.set(scan.id, signal(scan))
  else if (isForced || known.peek().lastSeq <= scan.lastSeq) known.value = scan
  if (!ids.peek().has(scan.id)) ids.value = new Set([...ids.peek(), scan.id])
}

export function dropScan(id: string): void {
  byId.delete(id)
  appliedSeqs.delete(id)
  ids.value = new Set([...ids.peek()].filter((one) => one !== id))
}

/** Number of the last applied event of each followed scan. */
const appliedSeqs = new Map<string, number>()
/** The server has lost events, so its next snapshot replaces newer states. */
let hasGap = false

/** Frames that have arrived since the last drawing. */
let waiting: Frame[] = []

/** Takes a frame of the stream. All frames of one drawing are applied together. */
export function applyFrame(frame: Frame): void {
  if (waiting.push(frame) > 1) return
  // Pages in the background are not drawn; their frames must not pile up.
  if (document.visibilityState === 'visible') requestAnimationFrame(applyWaiting)
  else queueMicrotask(applyWaiting)
}

function applyWaiting(): void {
  const frames = waiting
  waiting = []
  batch(() => {
    heardAt.value = Date.now()
    for (const frame of frames) applyOne(frame)
  })
}

function applyOne({ type, data, id }: Frame): void {
  keepServerState(data)
  if (type === 'snapshot') return applySnapshot(data)
  if (type === 'session.ended') return endSession()
  if (type === 'scan.forgotten' && data.scanId) return dropScan(data.scanId)
  if (type === 'gap') hasGap = true
  if (data.scan) keepScan(data.scan)
  // Events without an id have the number of an event that may follow them.
  if (id !== undefined && data.scanId && data.seq !== undefined)
    appliedSeqs.set(data.scanId, data.seq)
  publishScanFrame({ type, data })
}

function applySnapshot({ at, scans = [], items = {} }: FrameData): void {
  const followed = Object.values(items).map(({ scan }) => scan)
  for (const scan of [...scans, ...followed]) keepScan(scan, hasGap)
  for (const { id, lastSeq } of followed) {
    if (appliedSeqs.get(id) === lastSeq && !hasGap) continue
    appliedSeqs.set(id, lastSeq)
    publishScanFrame({ type: 'snapshot', data: { at, scanId: id, seq: lastSeq } })
  }
  hasGap = false
}

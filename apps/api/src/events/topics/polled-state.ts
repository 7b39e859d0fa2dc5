import { sleep } from '@capstan/shared/async/sleep'
import type { Log } from '@capstan/shared/log'
import type { EventStream } from '../event-stream.ts'
import type { EventFrame } from '../frame.ts'

/** A state that is read once a second for all clients of this process, while there are any. */
export interface PolledState<T> {
  /** Pushes a frame into the stream after each change. Returns a function that leaves. */
  join(stream: EventStream): () => void
  /** Returns the state, at most a second old. */
  read(): Promise<T>
  /** Returns that state as a frame. */
  readFrame(): Promise<EventFrame>
}

interface PolledStateOptions<T> {
  read: () => Promise<T>
  createFrame: (value: T) => EventFrame
  log: Log
}

const POLL_MS = 1_000

export function openPolledState<T>(options: PolledStateOptions<T>): PolledState<T> {
  const streams = new Set<EventStream>()
  const encode = keepLastFrame(options.createFrame)
  let last: { value: T; fingerprint: string; readAt: number } | undefined
  let reading: Promise<T> | undefined
  let isPolling = false

  const refresh = async (): Promise<T> => {
    const value = await options.read()
    const fingerprint = fingerprintState(value)
    const isChanged = last !== undefined && last.fingerprint !== fingerprint
    last = { value, fingerprint, readAt: performance.now() }
    if (isChanged && streams.size > 0) {
      const frame = encode(value)
      for (const stream of streams) stream.push(frame)
    }
    return value
  }

  const refreshOnce = (): Promise<T> => {
    reading ??= refresh().finally(() => (reading = undefined))
    return reading
  }

  const poll = async (): Promise<void> => {
    while (streams.size > 0) {
      await sleep(POLL_MS, { ref: false })
      if (streams.size === 0) break
      // Clients keep the last state. The next poll reads it again.
      await refreshOnce().catch((error: unknown) =>
        options.log.debug({ err: error }, 'a state for event streams could not be read'),
      )
    }
    isPolling = false
    last = undefined
  }

  const read = async (): Promise<T> =>
    last && performance.now() - last.readAt < POLL_MS ? last.value : refreshOnce()

  return {
    read,
    readFrame: async () => encode(await read()),
    join: (stream) => {
      streams.add(stream)
      if (!isPolling) {
        isPolling = true
        void poll()
      }
      return () => streams.delete(stream)
    },
  }
}

/** Clients of equal states share a frame. */
function keepLastFrame<T>(createFrame: (value: T) => EventFrame): (value: T) => EventFrame {
  let last: { value: T; frame: EventFrame } | undefined
  return (value) => {
    if (last?.value !== value) last = { value, frame: createFrame(value) }
    return last.frame
  }
}

/** Members that change with time alone. */
const TIMES = new Set([
  'answeredAt',
  'at',
  'boundForMs',
  'forMs',
  'lastSeen',
  'learnedAt',
  'unhealthyMs',
])

/** Equal for states that differ in times only. */
function fingerprintState(value: unknown): string {
  return JSON.stringify(value, (key, member: unknown) => (TIMES.has(key) ? undefined : member))
}

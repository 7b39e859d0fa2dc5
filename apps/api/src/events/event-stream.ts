import type { ServerResponse } from 'node:http'
import { prefixLinks } from '../links/prefix-links.ts'
import { STORED_FIRST, type FrameCursor } from './frame-cursor.ts'
import { PING, type EventFrame } from './frame.ts'
import type { WriteRounds } from './write-rounds.ts'

/** Maximum unread bytes of one reader. Beyond it the connection is closed; the client resumes by its last event id. */
const MAX_UNREAD_BYTES = 256 * 1024
/** Live frames of this size do not wait for the next round: thousands of readers together could exceed their bound. */
const MAX_GATHERED_BYTES = 8 * 1024
/** Approximate size of one write of stored events. */
const GROUP_BYTES = 16 * 1024

export interface EventStreamOptions {
  /** Returns whether the reader receives frames of this type. */
  wants: (type: string) => boolean
  onSent: (frames: number) => void
  /** Path prefix of the links in every frame; empty at the root of the host. */
  prefix?: string
  /** Gathers the writes of many streams. Default: a stream writes after the turn in which frames were pushed. */
  rounds?: WriteRounds
  /** Keeps an idle connection open. Default: a comment. */
  ping?: EventFrame
  maxBytes?: number
}

/**
 * One SSE response, whose headers are already written. Stored events are sent at the pace of the reader, live events
 * immediately. A class, because closures for thousands of readers use several times the memory.
 */
export class EventStream {
  readonly #response: ServerResponse
  readonly #options: EventStreamOptions
  #waiting: EventFrame[] = []
  #waitingBytes = 0
  /** Bytes of stored events that are not yet written. */
  #pastBytes = 0
  /** Null while stored events are sent. */
  #cursor: FrameCursor | null = null
  #hasEnded = false
  #isFlushDue = false
  #isCheckDue = false

  constructor(response: ServerResponse, options: EventStreamOptions) {
    this.#response = response
    this.#options = options
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Bytes that this process buffers for the reader. */
  get heldBytes(): number {
    return this.unacceptedBytes + this.#waitingBytes
  }

  /** Those that the connection did not accept yet. The others wait for a round of writes, whether the reader reads or not. */
  get unacceptedBytes(): number {
    return this.#pastBytes + this.#response.writableLength
  }

  /** Unread bytes of live events. Stored events wait for the reader and do not count. */
  get #unreadBytes(): number {
    return this.#waitingBytes + (this.#cursor ? this.#response.writableLength : 0)
  }

  ping(): void {
    this.push(this.#options.ping ?? PING)
  }

  /** Adds a live frame without waiting. A reader that leaves too much unread is disconnected. */
  push(frame: EventFrame): void {
    if (this.#hasEnded || !this.#options.wants(frame.type)) return
    this.#waiting.push(frame)
    this.#waitingBytes += frame.bytes.length
    this.#checkSoon()
    if (this.#waitingBytes > MAX_GATHERED_BYTES) this.flush()
    if (this.#isFlushDue || this.#waiting.length === 0) return
    this.#isFlushDue = true
    const { rounds } = this.#options
    if (rounds) rounds.add(this)
    else queueMicrotask(() => this.flush())
  }

  /** Writes the waiting frames. */
  flush(): void {
    this.#isFlushDue = false
    if (!this.#cursor && !this.#hasEnded) return
    const cursor = this.#cursor ?? STORED_FIRST
    const frames = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    this.#write(frames, cursor)
    if (cursor.endsWithScan && frames.some(({ isLast: last }) => last)) this.end()
  }

  /** Sends stored events. Resolves when the reader has room for more, or the stream has ended. */
  async sendBacklog(frames: EventFrame[]): Promise<void> {
    const selected = frames.filter(({ type }) => this.#options.wants(type))
    this.#pastBytes += sumBytes(selected)
    for (const group of groupFrames(selected)) {
      if (this.#hasEnded) return
      this.#pastBytes -= sumBytes(group)
      this.#options.onSent(group.length)
      // A single write, because only its result reports backpressure; writes to a corked connection do not.
      const hasRoom = this.#response.write(join(group.map(({ bytes }) => this.#prefix(bytes))))
      if (!hasRoom) await waitForDrain(this.#response)
    }
  }

  /**
   * Ends the stored events at the position of `cursor`. Newer frames that were pushed since follow at once, except those that
   * `isOutdated`.
   */
  goLive(cursor: FrameCursor, isOutdated: (frame: EventFrame) => boolean = never): void {
    this.#cursor = cursor
    this.#waiting = this.#waiting.filter((frame) => !isOutdated(frame))
    this.flush()
  }

  /** Sends the waiting frames, then ends the response. */
  end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.flush()
    this.#response.end()
  }

  /** Closes the connection immediately. */
  cut(): void {
    this.#hasEnded = true
    this.#waiting = []
    this.#waitingBytes = 0
    this.#pastBytes = 0
    this.#response.destroy()
  }

  /** Calls `listener` once when the connection closes, or at once if it is closed. */
  onClose(listener: () => void): void {
    if (this.#response.closed) listener()
    else this.#response.once('close', listener)
  }

  #write(frames: EventFrame[], cursor: FrameCursor): void {
    const response = this.#response
    if (frames.length === 0 || response.destroyed) return
    let sent = 0
    // The connection is corked, not the response: Node would write the length, the data and the line ends of a corked
    // response one by one, which are four system calls in place of one.
    const { socket } = response
    socket?.cork()
    for (const frame of frames) {
      const bytes = cursor.accept(frame)
      if (!bytes) continue
      response.write(this.#prefix(bytes))
      sent += 1
    }
    socket?.uncork()
    this.#options.onSent(sent)
  }

  /** All readers share frames; only readers behind a path prefix get copies. */
  #prefix(bytes: Buffer): Buffer {
    const { prefix = '' } = this.#options
    return prefix === '' ? bytes : Buffer.from(prefixLinks(bytes.toString(), prefix))
  }

  /** Deferred until the socket has accepted what it can: accepted bytes are not unread. */
  #checkSoon(): void {
    const { maxBytes = MAX_UNREAD_BYTES } = this.#options
    if (this.#isCheckDue || this.#unreadBytes <= maxBytes) return
    this.#isCheckDue = true
    setImmediate(() => {
      this.#isCheckDue = false
      if (this.#unreadBytes > maxBytes) this.cut()
    })
  }
}

const never = (): boolean => false

/** A large frame, such as a snapshot, is not copied. */
function join(parts: Buffer[]): Buffer {
  const [only] = parts
  return only && parts.length === 1 ? only : Buffer.concat(parts)
}

function sumBytes(frames: EventFrame[]): number {
  return frames.reduce((sum, { bytes }) => sum + bytes.length, 0)
}

function groupFrames(frames: EventFrame[]): EventFrame[][] {
  const groups: EventFrame[][] = []
  let size = Infinity
  for (const frame of frames) {
    if (size >= GROUP_BYTES) {
      groups.push([])
      size = 0
    }
    groups.at(-1)?.push(frame)
    size += frame.bytes.length
  }
  return groups
}

/** Also resolves when the connection closes. */
function waitForDrain(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}

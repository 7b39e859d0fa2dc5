import type { ServerResponse } from 'node:http'
import { prefixLinks } from '../links/prefix-links.ts'
import type { Frame } from './frame.ts'

/** What one reader may leave unread before it is cut; it comes back by its last id. */
const MAX_UNREAD_BYTES = 256 * 1024
/** Frames of the past are written in groups of about this size. */
const GROUP_BYTES = 16 * 1024

export interface EventStreamOptions {
  /** Whether the reader gets frames of this type. */
  wants: (type: string) => boolean
  onSent: (frames: number) => void
  /** Put before the links of every frame; empty at the root of the host. */
  prefix?: string
  maxBytes?: number
}

/**
 * One SSE response, whose headers are written already. Frames of the past are sent at the reader's pace, new ones as they
 * come. A class, because closures for each of thousands of readers take several times the memory.
 */
export class EventStream {
  readonly #response: ServerResponse
  readonly #options: EventStreamOptions
  #waiting: Frame[] = []
  #waitingBytes = 0
  /** Of frames of the past that are still to be written. */
  #pastBytes = 0
  /** Sequence number of the last frame of the past; null while they are sent. */
  #position: number | null = null
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

  /** Bytes that this process holds for the reader. */
  get heldBytes(): number {
    return this.#pastBytes + this.#unreadBytes
  }

  /** Of new frames. The past waits for the reader, so it does not count. */
  get #unreadBytes(): number {
    return this.#waitingBytes + this.#response.writableLength
  }

  /** Adds a new frame. Never waits: a reader that leaves too much unread is cut. */
  push(frame: Frame): void {
    if (this.#hasEnded || !this.#options.wants(frame.type)) return
    this.#waiting.push(frame)
    this.#waitingBytes += frame.bytes.length
    this.#checkSoon()
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    queueMicrotask(() => this.#flush())
  }

  /** Sends frames of the past. Returns when the reader has room for more, or the stream has ended. */
  async sendBacklog(frames: Frame[]): Promise<void> {
    const wanted = frames.filter(({ type }) => this.#options.wants(type))
    this.#pastBytes += sizeOf(wanted)
    for (const group of groupsOf(wanted)) {
      if (this.#hasEnded) return
      this.#pastBytes -= sizeOf(group)
      this.#options.onSent(group.length)
      // One write, whose result says whether there is room: those of a corked response do not.
      const hasRoom = this.#response.write(
        Buffer.concat(group.map((frame) => this.#bytesOf(frame))),
      )
      if (!hasRoom) await drained(this.#response)
    }
  }

  /** Ends the past at sequence number `position`: frames that were pushed since and are newer follow at once. */
  goLive(position: number): void {
    this.#position = position
    this.#flush()
  }

  /** Sends what is waiting, then ends the response. */
  end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#flush()
    this.#response.end()
  }

  /** Cuts the connection. */
  cut(): void {
    this.#hasEnded = true
    this.#waiting = []
    this.#waitingBytes = 0
    this.#pastBytes = 0
    this.#response.destroy()
  }

  /** Calls `listener` once when the connection is closed, at once if it is already. */
  onClose(listener: () => void): void {
    if (this.#response.closed) listener()
    else this.#response.once('close', listener)
  }

  #flush(): void {
    this.#isFlushDue = false
    const position = this.#position
    if (position === null && !this.#hasEnded) return
    const frames = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    // A number that is sent before the past is complete would be taken for the reader's position.
    this.#write(frames.filter(({ seq }) => seq === null || (position !== null && seq > position)))
    if (frames.some(({ last }) => last)) this.end()
  }

  #write(frames: Frame[]): void {
    const response = this.#response
    if (frames.length === 0 || response.destroyed) return
    response.cork()
    for (const frame of frames) response.write(this.#bytesOf(frame))
    response.uncork()
    this.#options.onSent(frames.length)
  }

  /** Frames are shared by all readers; only one behind a path prefix gets bytes of its own. */
  #bytesOf({ bytes }: Frame): Buffer {
    const { prefix = '' } = this.#options
    return prefix === '' ? bytes : Buffer.from(prefixLinks(bytes.toString(), prefix))
  }

  /** Not before the socket has had its turn: what it takes at once is not unread. */
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

function sizeOf(frames: Frame[]): number {
  return frames.reduce((sum, { bytes }) => sum + bytes.length, 0)
}

function groupsOf(frames: Frame[]): Frame[][] {
  const groups: Frame[][] = []
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

/** Resolves as well when the connection is closed. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}

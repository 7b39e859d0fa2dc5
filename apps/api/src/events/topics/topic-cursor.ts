import type { EventFrame } from '../frame.ts'
import type { FrameCursor } from '../frame-cursor.ts'
import { formatPosition, isNewer, type ScanPosition, type TopicPosition } from './topic-position.ts'

/** Latest encoding of each frame with an id: clients of equal topics have equal positions and share it. */
const encoded = new WeakMap<EventFrame, { id: string; bytes: Buffer }>()

/** The position of one client in its topics. Each numbered frame gets the position after it as its id. */
export class TopicCursor implements FrameCursor {
  /** A retry continues a finished scan, and other topics go on. */
  readonly endsWithScan = false
  #changes: string | undefined
  readonly #scans: Map<string, ScanPosition>

  constructor({ changes, scans }: TopicPosition) {
    this.#changes = changes
    this.#scans = new Map(scans)
  }

  get position(): TopicPosition {
    return { changes: this.#changes, scans: this.#scans }
  }

  accept(frame: EventFrame): Buffer | undefined {
    if (frame.changes !== undefined) return this.#acceptChange(frame, frame.changes)
    if (frame.seq !== null) return this.#acceptStored(frame, frame.seq)
    // The topic `scans` sends it with a position.
    const isRepeated = frame.type === 'scan.forgotten' && this.#changes !== undefined
    return isRepeated ? undefined : frame.body
  }

  #acceptChange(frame: EventFrame, changes: string): Buffer {
    // After a switch from a faster replica, the position of this one may be older.
    if (this.#changes === undefined || isNewer(changes, this.#changes)) this.#changes = changes
    return this.encode(frame)
  }

  #acceptStored(frame: EventFrame, seq: number): Buffer | undefined {
    const scanId = frame.scan?.id ?? ''
    const known = this.#scans.get(scanId)
    if (!known || seq <= known.seq) return undefined
    this.#scans.set(scanId, { seq, atMs: frame.atMs ?? null })
    return this.encode(frame)
  }

  /** Returns the frame with the position as its id. */
  encode(frame: EventFrame): Buffer {
    const id = formatPosition(this.position)
    const known = encoded.get(frame)
    if (known?.id === id) return known.bytes
    const bytes = id === '' ? frame.body : Buffer.concat([Buffer.from(`id: ${id}\n`), frame.body])
    encoded.set(frame, { id, bytes })
    return bytes
  }
}

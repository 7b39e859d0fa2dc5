/** Delays of the stored events of types that many clients receive. */
export interface EventMeter {
  /** Returns the listener for the data of one more client. */
  addClient(): (chunk: Buffer) => void
  read(): { delays: number[]; faults: number; bytes: number }
}

const MAX_DELAY_MS = 60_000
const EVENT = Buffer.from('event: resource.')
const SEQ = Buffer.from('"seq":')
const AT = Buffer.from('"at":"')
/** `2026-11-30T10:00:00.000Z` */
const AT_LENGTH = 24
/** The envelope is within this length after the type. */
const HEAD = 150

/** Searches bytes instead of parsing: thousands of clients of one process must not be slower than the server. */
export function createEventMeter(): EventMeter {
  const delays = new Uint32Array(MAX_DELAY_MS + 1)
  const readTimeMs = createTimeReader()
  let faults = 0
  let bytes = 0

  const addClient = (): ((chunk: Buffer) => void) => {
    let rest: Buffer | undefined
    let lastSeq: number | undefined
    return (chunk) => {
      bytes += chunk.length
      const data = rest ? Buffer.concat([rest, chunk]) : chunk
      const now = Date.now()
      let at = data.indexOf(EVENT)
      while (at !== -1 && at + HEAD <= data.length) {
        const seqAt = data.indexOf(SEQ, at) + SEQ.length
        const seq = Number.parseInt(data.toString('latin1', seqAt, seqAt + 10), 10)
        const timeAt = data.indexOf(AT, seqAt) + AT.length
        const delay = now - readTimeMs(data.toString('latin1', timeAt, timeAt + AT_LENGTH))
        const slot = Math.min(MAX_DELAY_MS, Math.max(0, delay))
        delays[slot] = (delays[slot] ?? 0) + 1
        if (lastSeq !== undefined && seq !== lastSeq + 1) faults += 1
        lastSeq = seq
        at = data.indexOf(EVENT, at + HEAD)
      }
      // The start of an event whose end has not arrived, or of its type.
      rest = Buffer.from(data.subarray(at === -1 ? -EVENT.length + 1 : at))
    }
  }

  return {
    addClient,
    read: () => ({ delays: [...delays], faults, bytes }),
  }
}

/** All clients receive the same event, so that its time is parsed once. */
function createTimeReader(): (text: string) => number {
  let last = { text: '', ms: 0 }
  return (text) => {
    if (text !== last.text) last = { text, ms: Date.parse(text) }
    return last.ms
  }
}

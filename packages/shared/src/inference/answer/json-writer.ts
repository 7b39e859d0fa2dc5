import { MAX_DEPTH } from './find-closing.ts'
import type { StringPlace } from './loose-string.ts'
import type { LooseToken } from './loose-token.ts'

/** Converts the tokens of one object or list to strict JSON. */
export interface JsonWriter {
  /** Position of the next string. */
  place(): StringPlace
  /** Returns false for a token that is invalid at this position. */
  write(token: LooseToken): boolean
  /** True when the object or list is closed. */
  isClosed(): boolean
  /** Closes all open levels. Undefined for a possibly truncated text: one that does not end with a string or bracket. */
  complete(): string | undefined
}

interface Level {
  isObject: boolean
  /** The expected next token. In a list always a value. */
  next: 'key' | 'colon' | 'value'
  isEmpty: boolean
}

/** Creates a writer. */
export function openJsonWriter(): JsonWriter {
  const levels: Level[] = []
  const out: string[] = []
  let last: LooseToken | undefined
  return {
    place: () => findNextPlace(levels.at(-1)),
    write: (token) => {
      if (token.kind !== 'nothing') last = token
      return writeToken(levels, out, token)
    },
    isClosed: () => levels.length === 0 && out.length > 0,
    complete: () => {
      if (last?.kind !== 'close' && !(last?.kind === 'value' && last.isString)) return undefined
      while (levels.length > 0) {
        if (!closeLevel(levels, out)) return undefined
      }
      return out.join('')
    },
  }
}

function findNextPlace(level: Level | undefined): StringPlace {
  if (!level?.isObject) return 'item'
  return level.next === 'key' ? 'key' : 'member'
}

function writeToken(levels: Level[], out: string[], token: LooseToken): boolean {
  switch (token.kind) {
    case 'open':
      return writeOpening(levels, out, token.isObject)
    case 'close':
      return writeClosing(levels, out, token.isObject)
    case 'nothing':
      return true
    case 'unreadable':
      return false
    default: {
      const level = levels.at(-1)
      return level !== undefined && writeInside(level, out, token)
    }
  }
}

function writeInside(
  level: Level,
  out: string[],
  token: Extract<LooseToken, { kind: 'value' | 'comma' | 'colon' }>,
): boolean {
  switch (token.kind) {
    case 'value':
      return writeKey(level, out, token.json) || writeValue(level, out, token.json)
    case 'comma':
      // Written before the next member, so that a trailing comma is dropped.
      return endMember(level, out)
    case 'colon':
      return writeColon(level, out)
  }
}

function writeOpening(levels: Level[], out: string[], isObject: boolean): boolean {
  if (levels.length >= MAX_DEPTH) return false
  if (!writeValue(levels.at(-1), out, isObject ? '{' : '[')) return false
  levels.push({ isObject, next: isObject ? 'key' : 'value', isEmpty: true })
  return true
}

/** Closes the innermost level of this kind, and all levels inside it. */
function writeClosing(levels: Level[], out: string[], isObject: boolean): boolean {
  if (!levels.some((level) => level.isObject === isObject)) return false
  while (levels.at(-1)?.isObject !== isObject) {
    if (!closeLevel(levels, out)) return false
  }
  return closeLevel(levels, out)
}

function closeLevel(levels: Level[], out: string[]): boolean {
  const level = levels.pop()
  if (!level || !endMember(level, out)) return false
  out.push(level.isObject ? '}' : ']')
  return true
}

/** A key with a colon but no value gets null. Returns false for a key without a colon. */
function endMember(level: Level, out: string[]): boolean {
  if (level.isObject && level.next === 'value') writeValue(level, out, 'null')
  return level.next !== 'colon'
}

function writeKey(level: Level, out: string[], json: string): boolean {
  if (level.next !== 'key') return false
  out.push(level.isEmpty ? json : `,${json}`)
  level.isEmpty = false
  level.next = 'colon'
  return true
}

function writeColon(level: Level, out: string[]): boolean {
  if (level.next !== 'colon') return false
  out.push(':')
  level.next = 'value'
  return true
}

function writeValue(level: Level | undefined, out: string[], json: string): boolean {
  if (level?.isObject) {
    if (level.next !== 'value') return false
    level.next = 'key'
    out.push(json)
  } else {
    out.push(level && !level.isEmpty ? `,${json}` : json)
    if (level) level.isEmpty = false
  }
  return true
}

import { findClosing } from './find-closing.ts'
import { rewriteLooseJson, type LooseJson } from './rewrite-loose-json.ts'

interface Bracket {
  /** The JSON value from the bracket to `end`. */
  value: unknown
  end: number
  /** True for strict JSON: then the positions of its strings are certain. */
  isStrict: boolean
}

/** A bracket that is not the start of JSON. */
interface NoBracket {
  /** Presumed positions of its strings. */
  strings: LooseJson['strings']
}

/** Remaining characters that may be read. Each parser deducts the characters it reads. */
export interface ReadBudget {
  scans: number
  /** Remaining characters for the slower parser of loose JSON. */
  rewrites: number
}

export interface BracketPlace {
  start: number
  /** The JSON must reach this index. */
  least: number
  /** Loose JSON ends at this index at the latest. */
  limit: number
  /** True when missing closing brackets may be added. */
  mayComplete: boolean
}

/** Parses the strict or loose JSON that starts with the bracket at `start`. */
export function readBracket(
  text: string,
  { start, least, limit, mayComplete }: BracketPlace,
  budget: ReadBudget,
): Bracket | NoBracket {
  const strict = findClosing(text, start, Math.min(text.length, start + budget.scans))
  budget.scans -= strict.scanned
  if (strict.end !== undefined && strict.end >= least) {
    const value = parseJson(text.slice(start, strict.end))
    if (value !== undefined) return { value, end: strict.end, isStrict: true }
  }
  const loose = rewriteLooseJson(text, start, Math.min(limit, start + budget.rewrites))
  budget.rewrites -= loose.end - start
  const isWhole = loose.isClosed || mayComplete
  if (loose.json === undefined || !isWhole || loose.end < least) {
    return { strings: loose.strings }
  }
  const value = parseJson(loose.json)
  return value === undefined
    ? { strings: loose.strings }
    : { value, end: loose.end, isStrict: false }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

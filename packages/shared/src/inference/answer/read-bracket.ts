import { findClosing } from './find-closing.ts'
import { rewriteLooseJson, type LooseJson } from './rewrite-loose-json.ts'

interface Bracket {
  /** What the JSON from the bracket to `end` says. */
  value: unknown
  end: number
  /** Whether that was strict JSON: then its strings are certain. */
  isStrict: boolean
}

/** A bracket that begins no JSON. */
interface NoBracket {
  /** Where its strings seem to be. */
  strings: LooseJson['strings']
}

/** Characters that may still be looked at; each reader takes from it what it uses. */
export interface ReadBudget {
  scans: number
  /** Of them by the slower reader of loose JSON. */
  rewrites: number
}

export interface BracketPlace {
  start: number
  /** It has to reach at least so far. */
  least: number
  /** Loose JSON ends here at the latest. */
  limit: number
  /** Whether brackets that are missing at the end may be added. */
  mayComplete: boolean
}

/** Reads the JSON that begins with the bracket at `start`, strict or loose. */
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

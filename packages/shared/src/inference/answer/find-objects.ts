import { findClosing } from './find-closing.ts'
import { findMarkers, type Marker } from './find-markers.ts'
import { createClosingTagScanner, createStringScanner, createWordScanner } from './text-scanners.ts'
import { readBracket, type BracketPlace, type ReadBudget } from './read-bracket.ts'
import { readEscaped } from './read-escaped.ts'
import { separateDrafts, type SeparatedObjects } from './separate-drafts.ts'
import type { AnswerReading, FoundObject } from './found-object.ts'

export interface FindRules<T extends AnswerReading> {
  /** Only objects with at least `least` of these words are parsed. */
  words: readonly string[]
  least: number
  /** The text is truncated, so an unclosed object is not completed. */
  isCut: boolean
  /** Interprets a JSON value. Undefined: not an answer. `find` parses a string inside the value. */
  read(value: unknown, find: (text: string) => T[]): T | undefined
}

/** Maximum number of characters read per text, at any nesting. Bounds the time for hostile text. */
const MOST_SCANNED = 6 * 2 ** 20
/** Maximum number of characters for the slower parser of loose JSON. */
const MOST_REWRITTEN = 2 ** 20
/** Fixed cost of each bracket, in characters. */
const BRACKET_COSTS = 400
/** More objects indicate a runaway answer. */
const MOST_OBJECTS = 1_000
/** Maximum nesting of JSON in JSON strings. */
const MAX_NESTING = 3
/** An answer has its first member within this number of characters after its bracket. */
const HEAD = 60

/**
 * Finds the objects and lists in the text of a model that may be its answer, in order: in prose, fences, tags and strings.
 * Runs in linear time and never throws.
 */
export function findObjects<T extends AnswerReading>(
  text: string,
  rules: FindRules<T>,
): SeparatedObjects<T> {
  const budget = { scans: MOST_SCANNED, rewrites: MOST_REWRITTEN }
  const markers = findMarkers(text)
  const task = { text, rules, budget, nesting: 0 }
  const separated = separateDrafts(search({ ...task, markers }), markers)
  if (hasAnswer(separated) || markers.length === 0) return separated
  // The tag may be part of a string in loose JSON. Then it does not end the JSON.
  const second = separateDrafts(search({ ...task, markers: [] }), markers)
  return hasAnswer(second) ? second : separated
}

function hasAnswer<T extends AnswerReading>({ final }: SeparatedObjects<T>): boolean {
  return final.some(({ reading }) => reading?.isAnswer)
}

interface Search<T extends AnswerReading> {
  text: string
  markers: Marker[]
  rules: FindRules<T>
  budget: ReadBudget
  nesting: number
}

function search<T extends AnswerReading>(task: Search<T>): FoundObject<T>[] {
  const { text, budget } = task
  const found: FoundObject<T>[] = []
  const words = createWordScanner(text, task.rules)
  const closing = createClosingTagScanner(task.markers)
  let isInString = createStringScanner([])
  let hasFailed = false
  let index = findNextBracket(text, 0)
  while (index !== -1 && !isSpent(budget, found.length)) {
    const least = words(index)
    if (least === undefined) {
      found.push(...findBrokenOff(task, index))
      break
    }
    budget.scans -= BRACKET_COSTS
    const place = { start: index, least, limit: closing(index) ?? text.length }
    const escaped = hasFailed ? undefined : readEscapedAt(task, index)
    const read = escaped ?? (isInString(index) ? NOTHING : readAt(task, place))
    found.push(...read.objects)
    if (read.strings) {
      isInString = createStringScanner(read.strings)
      // Escaped objects from here on may be inside its strings.
      hasFailed = true
    }
    index = findNextBracket(text, read.end ?? index + 1)
  }
  return found
}

function isSpent({ scans }: ReadBudget, found: number): boolean {
  return scans <= 0 || found >= MOST_OBJECTS
}

/** Finds a truncated answer: the last object, if it is unclosed. */
function findBrokenOff<T extends AnswerReading>(
  { text, rules }: Search<T>,
  from: number,
): FoundObject<T>[] {
  const index = text.lastIndexOf('{')
  if (index < from || !beginsAnswer(text, index, rules.words)) return []
  const isClosed = findClosing(text, index, text.length).end !== undefined
  return isClosed ? [] : [{ reading: undefined, index, end: index + 1 }]
}

function beginsAnswer(text: string, index: number, words: readonly string[]): boolean {
  const head = text.slice(index, index + HEAD)
  return head.startsWith('{') && words.some((word) => head.includes(word))
}

/** An object, or a list of objects, lists or strings. Prose also contains brackets. */
const BRACKET = /\{|\[(?=\s*[{["'])/g

function findNextBracket(text: string, from: number): number {
  BRACKET.lastIndex = from
  return BRACKET.exec(text)?.index ?? -1
}

interface ReadObjects<T extends AnswerReading> {
  objects: FoundObject<T>[]
  /** Index to continue at. Undefined: inside the bracket. */
  end?: number
  /** Strings of an unclosed answer. Objects inside them are ignored. */
  strings?: [from: number, to: number][]
}

const NOTHING: ReadObjects<never> = { objects: [] }

function readAt<T extends AnswerReading>(
  task: Search<T>,
  place: Omit<BracketPlace, 'mayComplete'>,
): ReadObjects<T> {
  const { text, rules, budget } = task
  const { start: index } = place
  const bracket = readBracket(text, { ...place, mayComplete: !rules.isCut }, budget)
  if (!('end' in bracket)) {
    if (!beginsAnswer(text, index, rules.words)) return NOTHING
    return { objects: [{ reading: undefined, index, end: index + 1 }], strings: bracket.strings }
  }
  const { value, end, isStrict } = bracket
  const reading = rules.read(value, (inner) => readInner(task, inner))
  if (reading) return { objects: [{ reading, index, end }], end }
  // Rewritten text may be prose in brackets around an object.
  return isStrict ? { objects: [], end } : NOTHING
}

function readEscapedAt<T extends AnswerReading>(
  task: Search<T>,
  index: number,
): ReadObjects<T> | undefined {
  const escaped = readEscaped(task.text, index)
  if (!escaped) return undefined
  task.budget.scans -= escaped.end - index
  const { end } = escaped
  const readings = readInner(task, escaped.text)
  return readings.length === 0
    ? undefined
    : { objects: readings.map((reading) => ({ reading, index, end })), end }
}

function readInner<T extends AnswerReading>(task: Search<T>, text: string): T[] {
  const nesting = task.nesting + 1
  if (nesting > MAX_NESTING) return []
  const found = search({ ...task, text, markers: [], nesting })
  return found.flatMap(({ reading }) => reading ?? [])
}

import { findClosing } from './find-closing.ts'
import { findMarkers, type Marker } from './find-markers.ts'
import { followClosing, followStrings, followWords } from './follow-text.ts'
import { readBracket, type BracketPlace, type ReadBudget } from './read-bracket.ts'
import { readEscaped } from './read-escaped.ts'
import { separateDrafts, type SeparatedObjects } from './separate-drafts.ts'

/** What a JSON value says. */
export interface AnswerReading {
  /** False: it was meant as an answer and is none. */
  isAnswer: boolean
}

export interface FoundObject<T extends AnswerReading> {
  /** Undefined: it begins like an answer and is no JSON. */
  reading: T | undefined
  /** Where it stands in the text. */
  index: number
  end: number
}

export interface FindRules<T extends AnswerReading> {
  /** Only what holds at least `least` of these words is looked at. */
  words: readonly string[]
  least: number
  /** The text was cut off, so an object that does not close is not completed. */
  isCut: boolean
  /** What a JSON value says; undefined when it is not about the question at all. `find` looks into a string of it. */
  read(value: unknown, find: (text: string) => T[]): T | undefined
}

/** Characters looked at in one text, however it nests: bounds the time that hostile text can take. */
const MOST_SCANNED = 6 * 2 ** 20
/** Of them by the slower reader of loose JSON. */
const MOST_REWRITTEN = 2 ** 20
/** What each bracket costs besides its characters. */
const BRACKET_COSTS = 400
/** More are those of a runaway. */
const MOST_OBJECTS = 1_000
/** JSON in a string of JSON in a string of JSON. */
const MAX_NESTING = 3
/** So near to its bracket an answer names its first member. */
const HEAD = 60

/**
 * Finds the objects and lists in a model's text that may be its answer, in their order: in prose, fences, tags and strings.
 * Takes time in proportion to the text, and never throws.
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
  // A tag may stand in a string of loose JSON, where it ends nothing.
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
  const words = followWords(text, task.rules)
  const closing = followClosing(task.markers)
  let isInString = followStrings([])
  let hasFailed = false
  let index = nextBracket(text, 0)
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
      isInString = followStrings(read.strings)
      // Escaped objects from here on may stand in strings of it.
      hasFailed = true
    }
    index = nextBracket(text, read.end ?? index + 1)
  }
  return found
}

function isSpent({ scans }: ReadBudget, found: number): boolean {
  return scans <= 0 || found >= MOST_OBJECTS
}

/** An answer of which the text has no more than the beginning: its last object, when that does not close. */
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

/** Of a list only one of objects, lists or strings: prose has brackets, too. */
const BRACKET = /\{|\[(?=\s*[{["'])/g

function nextBracket(text: string, from: number): number {
  BRACKET.lastIndex = from
  return BRACKET.exec(text)?.index ?? -1
}

interface ReadObjects<T extends AnswerReading> {
  objects: FoundObject<T>[]
  /** Where to go on; undefined: inside of the bracket. */
  end?: number
  /** Strings of an answer that does not close, in which no object is looked for. */
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
  // What had to be rewritten may be prose in brackets around an object.
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

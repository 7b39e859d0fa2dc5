import type { PatternNode } from './pattern-node.ts'

type Continue = (at: number) => boolean

/** Steps of a match. Patterns are untrusted, and some take exponential time. */
const MAX_STEPS = 20_000
/** Each character can take a level of the stack. */
const MAX_LENGTH = 400

/**
 * Returns whether a part of the text matches, as the keyword `pattern` demands. Undefined when it takes too many steps to
 * find out.
 */
export function matchesPattern(pattern: PatternNode, text: string): boolean | undefined {
  const search: Search = { characters: Array.from(text), steps: 0 }
  const { length } = search.characters
  if (length > MAX_LENGTH) return undefined
  for (let from = 0; from <= length; from += 1) {
    if (match(search, pattern, from, () => true)) return true
    if (search.steps > MAX_STEPS) return undefined
  }
  return false
}

interface Search {
  readonly characters: readonly string[]
  steps: number
}

/** Calls `next` with each possible end of a match that starts at `at`, until it returns true. */
function match(search: Search, node: PatternNode, at: number, next: Continue): boolean {
  search.steps += 1
  if (search.steps > MAX_STEPS) return false
  switch (node.kind) {
    case 'start':
    case 'end':
      return at === findAnchor(node, search) && next(at)
    case 'characters':
      return includesCharacter(node, search.characters[at]) && next(at + 1)
    case 'choice':
      return node.options.some((option) => match(search, option, at, next))
    case 'sequence':
      return matchParts(search, node.parts, at, next)
    case 'repeat':
      return matchRepeat(search, { ...node, count: 0 }, at, next)
  }
}

function findAnchor({ kind }: PatternNode, { characters }: Search): number {
  return kind === 'start' ? 0 : characters.length
}

function matchParts(
  search: Search,
  [part, ...rest]: readonly PatternNode[],
  at: number,
  next: Continue,
): boolean {
  if (part === undefined) return next(at)
  return match(search, part, at, (end) => matchParts(search, rest, end, next))
}

/** `count`: number of repetitions so far. */
function matchRepeat(
  search: Search,
  repeat: PatternNode & { kind: 'repeat'; count: number },
  at: number,
  next: Continue,
): boolean {
  const { part, min, max, count } = repeat
  const goOn: Continue = (end) =>
    (end > at || count < min) && matchRepeat(search, { ...repeat, count: count + 1 }, end, next)
  return (count < max && match(search, part, at, goOn)) || (count >= min && next(at))
}

function includesCharacter(
  { ranges, isNegated }: PatternNode & { kind: 'characters' },
  character: string | undefined,
): boolean {
  const code = character?.codePointAt(0)
  if (code === undefined) return false
  return ranges.some(([from, to]) => from <= code && code <= to) !== isNegated
}

import type { InferredCapability } from '../../contract/capability.ts'
import type { Suspicion, SuspicionKind } from '../../contract/suspicion.ts'
import { plainText } from '../../text/plain-text.ts'
import { HIDDEN_MARK } from './hidden-mark.ts'
import {
  CIPHER_PATTERN,
  INSTRUCTION_PATTERNS,
  ROLE_PATTERN,
  SCRIPT_PATTERN,
} from './instruction-patterns.ts'
import { decoded, disguised, plainLetters } from './readings.ts'
import { unknownCapability } from './unknown-capability.ts'

const MOST = 5
const EXCERPT = 110

/**
 * Reasons to distrust what a model says of a definition: text in the definition or in the answer that looks like an attempt to
 * instruct the model, and capabilities in words that neither the definition nor the field uses. One a kind and place, 5 at most.
 */
export function findSuspicions(outline: string, answer: InferredCapability): Suspicion[] {
  const found = [...inDefinition(outline), ...inAnswer(answer)]
  const unknown = unknownCapability(outline, answer.capabilities)
  if (unknown !== undefined) found.push(suspicion('answer', 'unknown_words', unknown))
  const byPlace = new Map(found.toReversed().map((one) => [`${one.in} ${one.kind}`, one]))
  return [...byPlace.values()].toReversed().slice(0, MOST)
}

/** A line with a field's name and type alone: most lines, and they say nothing. */
const BARE_LINE = /^ *\*?[\w.$/-]{1,60} [\w[\]|.,…-]{1,60}$/

function inDefinition(outline: string): Suspicion[] {
  const lines = outline.split('\n').filter((line) => !BARE_LINE.test(line))
  const hidden = lines.find((line) => line.includes(HIDDEN_MARK) || LOOK_ALIKE.test(line))
  const found = lines.flatMap((line) => inText('definition', line.replaceAll(HIDDEN_MARK, '')))
  return hidden === undefined
    ? found
    : [suspicion('definition', 'hidden_characters', hidden.trim()), ...found]
}

/** A Latin word with Cyrillic letters, or letters under a pile of marks. */
const LOOK_ALIKE = /\p{Script=Latin}\p{Script=Cyrillic}|\p{Script=Cyrillic}\p{Script=Latin}|\p{M}{4}/u

/** An answer has no reason to hold a link at all. */
const ANY_LINK = /\b(?:https?|ftp|wss?|file):\/\/\S+|\bwww\.\S+\.\S+|\S+@\S+\.\w{2,}/i

function inAnswer(answer: InferredCapability): Suspicion[] {
  const texts = Object.values(answer)
    .flat()
    .filter((value) => typeof value === 'string')
  const link = ANY_LINK.exec(texts.join('\n'))
  return [
    ...texts.flatMap((text) => inText('answer', text)),
    ...(link ? [suspicion('answer', 'link', link[0])] : []),
  ]
}

function inText(place: Suspicion['in'], text: string): Suspicion[] {
  const plain = plainLetters(text)
  const found = [plain, ...disguised(plain)].flatMap((reading) => matches(place, reading))
  const direct: [SuspicionKind, RegExp][] = [
    ['markup', ROLE_PATTERN],
    ['instruction', SCRIPT_PATTERN],
    ['encoded', CIPHER_PATTERN],
  ]
  for (const [kind, pattern] of direct) {
    const match = pattern.exec(text)
    if (match) found.push(suspicion(place, kind, match[0]))
  }
  const inside = decoded(text).find((inner) => speaks(place, inner))
  if (inside !== undefined) found.push(suspicion(place, 'encoded', inside))
  return found
}

/** Encoded text that is read as words counts when it gives orders, or when it is long enough to be prose. */
function speaks(place: Suspicion['in'], inner: string): boolean {
  const words = inner.match(/\p{L}{2,}/gu)?.length ?? 0
  return words >= 5 || matches(place, plainLetters(inner)).length > 0
}

function matches(place: Suspicion['in'], text: string): Suspicion[] {
  return INSTRUCTION_PATTERNS.flatMap(({ kind, pattern }) => {
    const match = pattern.exec(text)
    return match ? [suspicion(place, kind, match[0])] : []
  })
}

function suspicion(place: Suspicion['in'], kind: SuspicionKind, text: string): Suspicion {
  return { in: place, kind, excerpt: plainText(text, EXCERPT) }
}

import type { Suspicion, SuspicionKind } from '../../contract/suspicion.ts'
import { toPlainText } from '../../text/to-plain-text.ts'
import {
  CIPHER_PATTERN,
  INSTRUCTION_PATTERNS,
  ROLE_PATTERN,
  SCRIPT_PATTERN,
} from './instruction-patterns.ts'
import {
  decodeTexts,
  toPlainLetters,
  listReadings,
  restoreDisguisedWords,
} from './list-readings.ts'

type Place = Suspicion['in']

const EXCERPT = 110
/** Words that legitimate text never writes in leetspeak. */
const DISGUISED = /\b(?:ignore|disregard|forget|answer|confidence|instructions?)\b/

/** Finds possible prompt injections in a text. A kind may occur several times. */
export function findSuspicions(place: Place, text: string): Suspicion[] {
  const found = listReadings(text).flatMap((reading) => matches(place, reading))
  const direct: [SuspicionKind, RegExp][] = [
    ['markup', ROLE_PATTERN],
    ['instruction', SCRIPT_PATTERN],
    ['encoded', CIPHER_PATTERN],
  ]
  for (const [kind, pattern] of direct) {
    const match = pattern.exec(text)
    if (match) found.push(createSuspicion(place, kind, match[0]))
  }
  const inside =
    decodeTexts(text).find((inner) => isSuspicious(place, inner)) ??
    restoreDisguisedWords(text).find((word) => DISGUISED.test(word))
  if (inside !== undefined) found.push(createSuspicion(place, 'encoded', inside))
  return found
}

/** Keeps the first suspicion of each kind. */
export function keepFirstOfKind(found: Suspicion[]): Suspicion[] {
  return [...Map.groupBy(found, ({ kind }) => kind).values()].flatMap(([first]) => first ?? [])
}

export function createSuspicion(place: Place, kind: SuspicionKind, text: string): Suspicion {
  return { in: place, kind, excerpt: toPlainText(text, EXCERPT) }
}

/** Decoded text counts when it contains instructions, or at least five words. */
function isSuspicious(place: Place, inner: string): boolean {
  const words = inner.match(/\p{L}{2,}/gu)?.length ?? 0
  return words >= 5 || matches(place, toPlainLetters(inner)).length > 0
}

function matches(place: Place, text: string): Suspicion[] {
  return INSTRUCTION_PATTERNS.flatMap(({ kind, pattern }) => {
    const match = pattern.exec(text)
    return match ? [createSuspicion(place, kind, match[0])] : []
  })
}

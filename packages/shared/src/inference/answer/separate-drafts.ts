import type { Marker } from './find-markers.ts'
import type { FoundObject, AnswerReading } from './found-object.ts'

export interface SeparatedObjects<T extends AnswerReading> {
  /** Objects outside of reasoning. */
  final: FoundObject<T>[]
  /** Objects in reasoning. */
  drafts: FoundObject<T>[]
}

/**
 * Separates answers from drafts in reasoning. A closing tag without an opening one ends reasoning that started with the text. An
 * opening tag without a closing one starts reasoning up to the end. An answer ends at the next turn.
 */
export function separateDrafts<T extends AnswerReading>(
  found: FoundObject<T>[],
  markers: Marker[],
): SeparatedObjects<T> {
  const final: FoundObject<T>[] = []
  const drafts: FoundObject<T>[] = []
  let isReasoning = false
  let end = 0
  for (const mark of sortByPosition(found, markers)) {
    if ('end' in mark) {
      ;(isReasoning ? drafts : final).push(mark)
      if (mark.reading) end = mark.end
    } else if (mark.index < end) {
      // Ignores tags inside strings of an object.
    } else if (mark.kind === 'turn') {
      if (final.some(({ reading }) => reading?.isAnswer)) break
    } else {
      if (mark.kind === 'closes' && !isReasoning) drafts.push(...final.splice(0))
      isReasoning = mark.kind === 'opens'
    }
  }
  return { final, drafts }
}

function sortByPosition<T extends AnswerReading>(
  found: FoundObject<T>[],
  markers: Marker[],
): (FoundObject<T> | Marker)[] {
  return [...found, ...markers].toSorted((one, other) => one.index - other.index)
}

import type { Marker } from './find-markers.ts'
import type { FoundObject, AnswerReading } from './find-objects.ts'

export interface SeparatedObjects<T extends AnswerReading> {
  /** Outside of the model's reasoning. */
  final: FoundObject<T>[]
  /** In its reasoning. */
  drafts: FoundObject<T>[]
}

/**
 * Separates what a model has answered from what it has considered. A closing tag alone ends reasoning with which the text
 * began; an opening tag alone begins reasoning that does not end. An answer ends where another turn begins.
 */
export function separateDrafts<T extends AnswerReading>(
  found: FoundObject<T>[],
  markers: Marker[],
): SeparatedObjects<T> {
  const final: FoundObject<T>[] = []
  const drafts: FoundObject<T>[] = []
  let isReasoning = false
  let end = 0
  for (const mark of inOrder(found, markers)) {
    if ('end' in mark) {
      ;(isReasoning ? drafts : final).push(mark)
      if (mark.reading) end = mark.end
    } else if (mark.index < end) {
      // A tag in a string of an object is not one of the text.
    } else if (mark.kind === 'turn') {
      if (final.some(({ reading }) => reading?.isAnswer)) break
    } else {
      if (mark.kind === 'closes' && !isReasoning) drafts.push(...final.splice(0))
      isReasoning = mark.kind === 'opens'
    }
  }
  return { final, drafts }
}

function inOrder<T extends AnswerReading>(
  found: FoundObject<T>[],
  markers: Marker[],
): (FoundObject<T> | Marker)[] {
  return [...found, ...markers].toSorted((one, other) => one.index - other.index)
}

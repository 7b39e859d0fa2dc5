import type { Suspicion } from '../../contract/suspicion.ts'
import { HIDDEN_MARK } from './hidden-mark.ts'
import { createSuspicion, keepFirstOfKind, findSuspicions } from './find-suspicions.ts'

/** A line with only the name and type of a field, like most lines. Names with instructions are longer. */
const BARE_LINE = /^ *\*?[\w.$/-]{1,24} [\w[\]|.,…-]{1,60}$/
/** Mixed Latin and Cyrillic letters, or a letter with four or more combining marks. */
const LOOK_ALIKE =
  /\p{Script=Latin}\p{Script=Cyrillic}|\p{Script=Cyrillic}\p{Script=Latin}|\p{M}{4}/u

/** Finds possible prompt injections in an outline: the first of each kind. */
export function findOutlineSuspicions(outline: string): Suspicion[] {
  const lines = outline.split('\n').filter((line) => !BARE_LINE.test(line))
  const hidden = lines.find((line) => line.includes(HIDDEN_MARK) || LOOK_ALIKE.test(line))
  const found = lines.flatMap((line) =>
    findSuspicions('definition', line.replaceAll(HIDDEN_MARK, '')),
  )
  if (hidden !== undefined) found.push(createSuspicion('definition', 'hidden_characters', hidden))
  return keepFirstOfKind(found)
}

import type { Suspicion } from '../../contract/suspicion.ts'
import { HIDDEN_MARK } from './hidden-mark.ts'
import { createSuspicion, keepFirstOfKind, findSuspicions } from './find-suspicions.ts'

/** A line with a field's name and type alone: most lines. Names that speak are long. */
const BARE_LINE = /^ *\*?[\w.$/-]{1,24} [\w[\]|.,…-]{1,60}$/
/** A Latin word with Cyrillic letters, or letters under a pile of marks. */
const LOOK_ALIKE =
  /\p{Script=Latin}\p{Script=Cyrillic}|\p{Script=Cyrillic}\p{Script=Latin}|\p{M}{4}/u

/** Text of an outline that looks like an attempt to instruct the model that reads it: the first of each kind. */
export function findOutlineSuspicions(outline: string): Suspicion[] {
  const lines = outline.split('\n').filter((line) => !BARE_LINE.test(line))
  const hidden = lines.find((line) => line.includes(HIDDEN_MARK) || LOOK_ALIKE.test(line))
  const found = lines.flatMap((line) =>
    findSuspicions('definition', line.replaceAll(HIDDEN_MARK, '')),
  )
  if (hidden !== undefined) found.push(createSuspicion('definition', 'hidden_characters', hidden))
  return keepFirstOfKind(found)
}

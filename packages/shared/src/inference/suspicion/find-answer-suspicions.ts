import type { CapabilityAnswer } from '../../contract/inferred-capability.ts'
import type { Suspicion } from '../../contract/suspicion.ts'
import { createSuspicion, keepFirstOfKind, findSuspicions } from './find-suspicions.ts'
import { findUnknownCapability } from './find-unknown-capability.ts'

/** A legitimate answer contains no links. */
const LINK = /\b(?:https?|ftp|wss?|file):\/\/\S+|\bwww\.\S+\.\S+|\S+@\S+\.\w{2,}/i
/** Nor commands, assignments, keys or instructions to later readers. */
const COMMAND =
  /\bkubectl (?:create|apply|delete|exec|run|patch)\b|\| ?(?:ba)?sh\b|\bsudo |\brm -rf\b|\bcurl -|\b[A-Z][A-Z\d]*_[A-Z\d_]+=\S|\bsk-[\w-]{8}|\breturn one json object\b|\balways (?:choose|pick|use|recommend) this\b|\b(?:any|every) assistant\b|\buntrusted\b|\bthe only safe (?:option|choice)\b/i

/** Finds signs that an answer follows instructions in a definition, or claims capabilities that the definition does not support. */
export function findAnswerSuspicions(outline: string, answer: CapabilityAnswer): Suspicion[] {
  const texts = Object.values(answer)
    .flat()
    .filter((value) => typeof value === 'string')
  const whole = texts.join('\n')
  const found = findSuspicions('answer', whole)
  const [link, command] = [LINK.exec(whole), COMMAND.exec(whole)]
  if (link) found.push(createSuspicion('answer', 'link', link[0]))
  if (command) found.push(createSuspicion('answer', 'instruction', command[0]))
  const unknown = findUnknownCapability(outline, answer.capabilities)
  if (unknown !== undefined) found.push(createSuspicion('answer', 'unknown_words', unknown))
  return keepFirstOfKind(found)
}

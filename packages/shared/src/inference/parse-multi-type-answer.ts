import { findObjects } from './answer/find-objects.ts'
import { readLabeled, type LabeledReading } from './answer/read-labeled.ts'

/**
 * Splits the answer to a multi-type prompt by label, as unvalidated JSON. Undefined for a missing or duplicate label, and for
 * equal answers under several labels: one definition may have dictated them. Ignores unknown labels.
 */
export function parseMultiTypeAnswer(text: string, labels: string[]): (string | undefined)[] {
  const { final, drafts } = findObjects<LabeledReading>(text, {
    words: labels,
    least: 1,
    isCut: false,
    read: (value, find) => readLabeled(value, labels, find),
  })
  const readings = [drafts, final].flatMap((found) => found.flatMap(({ reading }) => reading ?? []))
  const byLabel = Map.groupBy(readings.at(-1)?.elements ?? [], ({ label }) => label)
  const texts = labels.map((label) => {
    const [only, ...more] = byLabel.get(label) ?? []
    return only && more.length === 0 ? JSON.stringify(only.answer) : undefined
  })
  const sameTexts = Map.groupBy(texts, (one) => one)
  return texts.map((one) => (sameTexts.get(one)?.length === 1 ? one : undefined))
}

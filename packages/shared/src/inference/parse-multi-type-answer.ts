import { findObjects } from './answer/find-objects.ts'
import { readLabeled, type LabeledReading } from './answer/read-labeled.ts'

/**
 * What the answer to a multi-type prompt holds under each label, as JSON that is not validated; undefined for a label that
 * is missing or there twice, because nothing shows which one was meant. So for an answer that several labels have: no two
 * types are one, and one definition may have dictated it for all. What has another label is dropped.
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
  const said = Map.groupBy(texts, (one) => one)
  return texts.map((one) => (said.get(one)?.length === 1 ? one : undefined))
}

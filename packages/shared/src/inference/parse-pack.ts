import { z } from 'zod'
import { unfenced } from './unfenced.ts'

/** In place of an element that cannot be read: the others are none the worse for it. */
const UNREADABLE = { label: '', answer: undefined }

const Packed = z.object({
  answers: z.array(z.object({ label: z.string(), answer: z.unknown() }).catch(UNREADABLE)),
})

/**
 * What a pack's answer says under each label, as JSON that nobody has validated yet; undefined for a label that is not
 * there, or there twice: nobody knows which one was meant. So for an answer that several labels have: no two types are
 * one, and it may be what one definition has dictated for all of them. Whatever else it says is nobody's.
 */
export function parsePack(text: string, labels: string[]): (string | undefined)[] {
  const byLabel = Map.groupBy(elementsOf(text), ({ label }) => label)
  const texts = labels.map((label) => {
    const [only, ...more] = byLabel.get(label) ?? []
    return only && more.length === 0 ? JSON.stringify(only.answer) : undefined
  })
  const said = Map.groupBy(texts, (one) => one)
  return texts.map((one) => (said.get(one)?.length === 1 ? one : undefined))
}

function elementsOf(text: string): z.infer<typeof Packed>['answers'] {
  try {
    return Packed.safeParse(JSON.parse(unfenced(text))).data?.answers ?? []
  } catch {
    return []
  }
}

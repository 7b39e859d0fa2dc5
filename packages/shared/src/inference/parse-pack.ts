import { z } from 'zod'
import { unfenced } from './unfenced.ts'

/** In place of an element that cannot be read: the others are none the worse for it. */
const UNREADABLE = { label: '', answer: undefined }

const Packed = z.object({
  answers: z.array(z.object({ label: z.string(), answer: z.unknown() }).catch(UNREADABLE)),
})

/**
 * What a pack's answer says under each label, as JSON that nobody has validated yet; undefined for a label that is not
 * there, or there twice: nobody knows which one was meant. Whatever else it says is nobody's.
 */
export function parsePack(text: string, labels: string[]): (string | undefined)[] {
  const byLabel = Map.groupBy(elementsOf(text), ({ label }) => label)
  return labels.map((label) => {
    const [only, ...more] = byLabel.get(label) ?? []
    return only && more.length === 0 ? JSON.stringify(only.answer) : undefined
  })
}

function elementsOf(text: string): z.infer<typeof Packed>['answers'] {
  try {
    return Packed.safeParse(JSON.parse(unfenced(text))).data?.answers ?? []
  } catch {
    return []
  }
}

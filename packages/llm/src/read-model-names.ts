import { z } from 'zod'
import { toPlainText } from '@capstan/shared/text/to-plain-text'

/** Unique model names of a list, in its order. */
export interface ModelNames {
  /** Models for text answers. */
  models: string[]
  /** Other models, such as embedding models. */
  others: string[]
}

/** Reads model names from the body of a model list, in any common format. Undefined for other bodies. */
export function readModelNames(text: string): ModelNames | undefined {
  const entries = readEntries(text)
  if (entries === undefined) return undefined
  const known = new Map(entries.flatMap((entry) => readEntry(entry)))
  const names = (isAble: boolean): string[] =>
    [...known].filter(([, able]) => able === isAble).map(([name]) => name)
  return { models: names(true), others: names(false) }
}

const MAX_MODELS = 5_000
const Entries = z.array(z.unknown()).transform((list) => list.slice(0, MAX_MODELS))
/** `data` of OpenAI (null in an Ollama without models), `models` of Ollama and llama.cpp, or a plain list. */
const ModelsBody = z.union([
  Entries,
  z.object({ data: Entries.nullable() }).transform(({ data }) => data ?? []),
  z.object({ models: Entries.nullable() }).transform(({ models }) => models ?? []),
])

function readEntries(text: string): unknown[] | undefined {
  try {
    return ModelsBody.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

const Text = z.string().optional().catch(undefined)
const Texts = z.array(z.string()).optional().catch(undefined)
const Entry = z.preprocess(
  (sent) => (typeof sent === 'string' ? { id: sent } : sent),
  z.object({
    id: Text,
    name: Text,
    model: Text,
    type: Text,
    capabilities: z
      .union([z.array(z.string()), z.looseObject({ completion_chat: z.boolean().optional() })])
      .optional()
      .catch(undefined),
    architecture: z.object({ output_modalities: Texts }).optional().catch(undefined),
  }),
)

/** Name of a model, and true for a model for text answers. */
function readEntry(sent: unknown): [string, boolean][] {
  const entry = Entry.safeParse(sent).data
  const name = entry?.id ?? entry?.model ?? entry?.name
  if (!entry || !name || !isModelName(name)) return []
  return [[name, !OTHER_NAME.test(name) && !isOtherKind(entry)]]
}

/** True for names that a scan can use. Gateways also list patterns, such as `openai/*`. */
function isModelName(name: string): boolean {
  return name.length <= 200 && toPlainText(name) === name && !name.includes('*')
}

/** Name patterns of other models in public registries. */
const OTHER_NAME =
  /(^|[^a-z])(embed(ding|der|dings)?|embedqa|rerank(er)?|bge|gte|e5|minilm|whisper|tts|dall-e|stable-diffusion|flux|sdxl|clip|colbert|moderation|transcribe|gpt-image|sora|piper|kokoro)([^a-z0-9]|$)/i
const OTHER_KIND =
  /^(embeddings?|rerank|reranker|image|audio|transcribe|moderation|video|tts|stt)$/i

function isOtherKind({ type, capabilities, architecture }: z.infer<typeof Entry>): boolean {
  if (type !== undefined && OTHER_KIND.test(type)) return true
  if (architecture?.output_modalities?.includes('text') === false) return true
  if (!Array.isArray(capabilities)) return capabilities?.completion_chat === false
  return (
    capabilities.length > 0 && capabilities.every((one) => /^(embed|embedding|rerank)/i.test(one))
  )
}

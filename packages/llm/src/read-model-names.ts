import { z } from 'zod'
import { toPlainText } from '@capstan/shared/text/to-plain-text'

/** Names of a list of models, each once and in its order. */
export interface ModelNames {
  /** Can be asked about types. */
  models: string[]
  /** Look as if they could not, such as embedding models. */
  others: string[]
}

/** The names in the body of a list of models, in any of the usual forms; undefined for every other body. */
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
/** `data` of OpenAI and its like (null at an Ollama without models), `models` of Ollama and llama.cpp, or a bare list. */
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

/** The name of a model, and whether it can be asked questions. */
function readEntry(sent: unknown): [string, boolean][] {
  const entry = Entry.safeParse(sent).data
  const name = entry?.id ?? entry?.model ?? entry?.name
  if (!entry || !name || !isModelName(name)) return []
  return [[name, !OTHER_NAME.test(name) && !isOtherKind(entry)]]
}

/** A scan can name it, and it is no pattern of a gateway, such as `openai/*`. */
function isModelName(name: string): boolean {
  return name.length <= 200 && toPlainText(name) === name && !name.includes('*')
}

/** By the names that such models have in public registries. */
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

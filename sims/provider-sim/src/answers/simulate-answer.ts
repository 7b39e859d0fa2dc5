import type { InferredCapability } from '@capstan/shared/contract/inferred-capability'

/** Composes a valid answer from the names and the description in an outline. Deterministic; it knows nothing else. */
export function simulateAnswer(outline: string): InferredCapability {
  const lines = outline.split('\n')
  const kind = /^\w+/.exec(outline)?.[0] ?? 'Resource'
  const words = kind.replaceAll(/([a-z])([A-Z0-9])/g, '$1 $2').toLowerCase()
  const description = lines.find((line) => line.startsWith('Description: '))?.slice(13)
  const fields = lines.filter((line) => line.startsWith('  ')).length
  return {
    capabilities: [words, `configuration of one ${words}`],
    providers: [],
    abstractions: [`operation of one ${words}`],
    complexity: fields > 25 ? 'high' : fields > 8 ? 'medium' : 'low',
    description: description ?? `One ${words}, described by a simulated model.`,
    useCase: `When a team needs one ${words}; a simulated model knows no more.`,
    confidence: description === undefined ? 0.4 : 0.6,
    searchPhrases: [words, `set up one ${words}`],
  }
}

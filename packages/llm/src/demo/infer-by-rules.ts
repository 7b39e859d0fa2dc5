import type { InferredCapability } from '@capstan/shared/contract/capability'
import { DEMO_RULES, PROVIDER_WORDS, type DemoRule } from './demo-rules.ts'

/**
 * Describes a type by word rules over its outline. Deterministic and without a model: good enough to try
 * Capstan, labelled as demo everywhere, and honest about it by a low confidence.
 */
export function inferByRules(outline: string): InferredCapability {
  const lines = outline.split('\n')
  const head = /^(\S+) \(([^,)]*)/.exec(lines[0] ?? '')
  const kind = head?.[1] ?? 'Resource'
  const words = splitWords(kind)
  const named = DEMO_RULES.filter(
    ({ words: rule }) => rule.test(kind) || rule.test(words) || rule.test(head?.[2] ?? ''),
  )
  const mentioned = DEMO_RULES.filter((rule) => !named.includes(rule) && rule.words.test(outline))
  const matching = [...named, ...mentioned.slice(0, 2)].slice(0, 5)
  const described = lines.find((line) => line.startsWith('Description: '))?.slice(13, 400)
  const fields = lines.filter((line) => /^ {2,}/.test(line)).length
  return {
    capabilities: [
      ...new Set([...matching.map((rule) => rule.capability), `${words.toLowerCase()} objects`]),
    ],
    providers: providersOf(outline, matching),
    abstractions: unique(matching.map((rule) => rule.abstraction)),
    complexity: fields > 25 ? 'high' : fields > 8 ? 'medium' : 'low',
    description: described ?? `${words} objects as the cluster's API defines them.`,
    useCase: `When you need ${named[0]?.capability ?? `${words.toLowerCase()} objects`}.`,
    confidence: Math.min(0.65, 0.3 + (named.length > 0 ? 0.2 : 0) + (described ? 0.1 : 0)),
    searchPhrases: unique([...matching.map((rule) => rule.phrase), words.toLowerCase()]),
  }
}

function providersOf(outline: string, rules: DemoRule[]): string[] {
  const inText = PROVIDER_WORDS.filter(([pattern]) => pattern.test(outline)).map(([, name]) => name)
  return unique([...rules.map((rule) => rule.provider), ...inText])
}

function unique(values: (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))]
}

/** `HTTPRouteBinding` -> `HTTP Route Binding`. */
function splitWords(kind: string): string {
  return kind.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
}

import type { InferredCapability } from '@capstan/shared/contract/capability'
import { DEMO_RULES, PROVIDER_WORDS, type DemoRule } from './demo-rules.ts'

/**
 * Describes a type by word rules over its outline. Deterministic and without a model: good enough to try
 * Capstan, labelled as demo everywhere, and honest about it by a low confidence.
 */
export function inferByRules(outline: string): InferredCapability {
  const { kind, group, description, fields } = readOutline(outline)
  const words = splitWords(kind)
  const objects = `${words.toLowerCase()} objects`
  const { named, matching } = rulesFor(outline, [kind, words, group])
  return {
    capabilities: unique([...matching.map((rule) => rule.capability), objects]),
    providers: providersOf(outline, matching),
    abstractions: unique(matching.map((rule) => rule.abstraction)),
    complexity: fields > 25 ? 'high' : fields > 8 ? 'medium' : 'low',
    description: description ?? `${words} objects as the cluster's API defines them.`,
    useCase: `When you need ${named[0]?.capability ?? objects}.`,
    confidence: 0.3 + (named.length > 0 ? 0.2 : 0) + (description ? 0.1 : 0),
    searchPhrases: unique([...matching.map((rule) => rule.phrase), words.toLowerCase()]),
  }
}

function readOutline(outline: string) {
  const lines = outline.split('\n')
  const [, kind = 'Resource', group = ''] = /^(\S+) \(([^,)]*)/.exec(lines[0] ?? '') ?? []
  return {
    kind,
    group,
    description: lines.find((line) => line.startsWith('Description: '))?.slice(13, 400),
    fields: lines.filter((line) => /^ {2,}/.test(line)).length,
  }
}

/** Rules that its names meet, and at most two more that its text meets. */
function rulesFor(outline: string, names: string[]) {
  const named = DEMO_RULES.filter(({ words }) => names.some((name) => words.test(name)))
  const mentioned = DEMO_RULES.filter((rule) => !named.includes(rule) && rule.words.test(outline))
  return { named, matching: [...named, ...mentioned.slice(0, 2)].slice(0, 5) }
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

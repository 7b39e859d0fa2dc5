import type { InferredCapability } from '@capstan/shared/contract/inferred-capability'
import type { DemoRule } from './demo-rule.ts'
import { DEMO_RULES, PROVIDER_WORDS } from './demo-rules.ts'
import { findProject } from './project-groups.ts'

/**
 * Describes a type by word patterns in its outline, without a model. Deterministic. The result is good enough to try
 * Capstan; it is labelled as demo everywhere and has a low confidence.
 */
export function inferByRules(outline: string): InferredCapability {
  const { kind, group, description, fields, topFields } = readOutline(outline)
  const words = splitWords(kind)
  const objects = `${words.toLowerCase()} objects`
  const { named, matching } = findRules(`${description ?? ''} ${topFields}`, [kind, words, group])
  return {
    // A type without a matching rule needs at least one capability.
    capabilities: unique([
      ...matching.map((rule) => rule.capability),
      ...(matching[0] ? [] : [objects]),
    ]),
    providers: unique([findProject(group, kind), ...findProviders(outline, named)]),
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
    // Descriptions and nested fields mention too many other concepts.
    topFields: lines.flatMap((line) => /^ {2}\*?(\w+)/.exec(line)?.[1] ?? []).join(' '),
    fields: lines.filter((line) => /^ {2,}/.test(line)).length,
  }
}

/** Finds the rules that match a name, then one rule (two if no name matches) that matches `text`. */
function findRules(text: string, names: string[]) {
  const named = DEMO_RULES.filter(({ pattern }) => names.some((name) => pattern.test(name)))
  const mentioned = DEMO_RULES.filter((rule) => !named.includes(rule) && rule.pattern.test(text))
  return { named, matching: [...named, ...mentioned.slice(0, named[0] ? 1 : 2)].slice(0, 5) }
}

function findProviders(outline: string, rules: DemoRule[]): string[] {
  const inText = PROVIDER_WORDS.filter(([pattern]) => pattern.test(outline)).map(([, name]) => name)
  return unique([...rules.map((rule) => rule.provider), ...inText])
}

function unique(values: (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))]
}

/** Converts `HTTPRouteBinding` to `HTTP Route Binding`. */
function splitWords(kind: string): string {
  return kind.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
}

import type { CapabilityAnswer } from '@capstan/shared/contract/inferred-capability'
import { findProject } from './find-project.ts'

/** Low enough that every rule-based answer is marked for review. */
const CONFIDENCE = { described: 0.3, undescribed: 0.2 }
const MAX_PHRASE = 120

/**
 * Answers without a model, from what the definition itself states: the words of the kind, the description, the project of
 * the API group, and the number of fields. Everything else would be a guess, so it is empty. Deterministic.
 */
export function createRuleBasedAnswer(outline: string): CapabilityAnswer {
  const { kind, group, description, fields } = readOutline(outline)
  const project = findProject(group, kind)
  return {
    capabilities: [
      `${formatKind(kind)
        .slice(0, MAX_PHRASE - 8)
        .trim()} objects`,
    ],
    providers: project === undefined ? [] : [project],
    abstractions: [],
    complexity: fields > 25 ? 'high' : fields > 8 ? 'medium' : 'low',
    description: description ?? 'The definition has no description.',
    useCase: '',
    confidence: description === undefined ? CONFIDENCE.undescribed : CONFIDENCE.described,
    searchPhrases: [],
  }
}

function readOutline(outline: string) {
  const lines = outline.split('\n')
  const [, kind = 'Resource', group = ''] = /^(\S+) \(([^,)]*)/.exec(lines[0] ?? '') ?? []
  const description = lines.find((line) => line.startsWith('Description: '))?.slice(13)
  return {
    kind,
    group,
    description: description === undefined ? undefined : endWithSentence(description),
    fields: lines.filter((line) => /^ {2,}/.test(line)).length,
  }
}

/** Removes the incomplete last sentence of a shortened description, unless it is the only one. */
function endWithSentence(description: string): string {
  const end = description.endsWith('…') ? /^.*[.!?](?= )/.exec(description)?.[0] : undefined
  return end ?? description
}

/** Converts `HTTPRouteBinding` to `HTTP route binding`. */
function formatKind(kind: string): string {
  return kind
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(' ')
    .map((word) => (/^[A-Z0-9]{2,}$/.test(word) ? word : word.toLowerCase()))
    .join(' ')
}

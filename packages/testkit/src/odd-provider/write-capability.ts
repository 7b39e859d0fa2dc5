/** The first line of an outline: `Kind (group/version, namespaced)`. Core types have no group. */
const HEADING = /^(\w+) \((?:([\w.-]+)\/)?v\w+,/m

/** Writes a valid answer to a single-type prompt. Kind and group come from the prompt. */
export function writeCapability(prompt: string): string {
  const [, kind = 'Thing', group = 'core'] = HEADING.exec(prompt) ?? []
  const words = kind.replaceAll(/([a-z])([A-Z0-9])/g, '$1 $2').toLowerCase()
  return JSON.stringify({
    capabilities: [`run ${words}`, `configure ${words}`],
    providers: [],
    abstractions: [`operation of ${words}`],
    complexity: 'low',
    description: `A ${kind} of ${group} describes one ${words}; its controller runs it.`,
    useCase: `When a team needs ${words} without operating it by hand.`,
    confidence: 0.8,
    searchPhrases: [words, `run ${words}`],
  })
}

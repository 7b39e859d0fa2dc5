/** Capability suggested by words in a definition. Several rules may match one type; the first ones weigh most. */
export interface DemoRule {
  words: RegExp
  capability: string
  provider?: string
  abstraction?: string
  phrase: string
}

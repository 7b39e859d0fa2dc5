/** What errors say about the endpoint that failed. */
export interface Endpoint {
  /** For people: `Anthropic`, `OpenAI`. */
  name: string
  /** Settings of its key, its URL and its model. */
  keyVariable: string
  urlVariable: string
  modelVariable: string
  /** What to do after a setting was changed: `restart the workers, then resume the scan`. */
  afterChange: string
  /** Never to be seen in a text. */
  secrets: readonly string[]
}

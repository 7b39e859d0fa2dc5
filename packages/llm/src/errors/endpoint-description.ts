/** What errors say about the endpoint that failed. */
export interface EndpointDescription {
  /** For people: `Anthropic`, `OpenAI`. */
  name: string
  /** Settings of its key and its URL. */
  keyVariable: string
  urlVariable: string
  /** What chooses its model, for hints: the setting, and the field of a request where one has it. */
  modelChoice: string
  /** What to do after a setting was changed: `restart the workers, then resume the scan`. */
  afterChange: string
  /** Never to be seen in a text. */
  secrets: readonly string[]
}

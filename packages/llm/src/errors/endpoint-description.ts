/** Names of an endpoint and its settings, for error messages. */
export interface EndpointDescription {
  /** Display name: `Anthropic`, `OpenAI`. */
  name: string
  /** Settings with its key and its URL. */
  keyVariable: string
  urlVariable: string
  /** The setting, and the request field, that select the model. */
  modelChoice: string
  /** Required action after a change of settings: `restart the workers, then resume the scan`. */
  afterChange: string
  /** Secrets to redact in all texts. */
  secrets: readonly string[]
}

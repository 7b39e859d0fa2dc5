/** The request parameters that an endpoint supports. */
export interface Dialect {
  /** Structured output mode: a strict JSON schema, a JSON schema, any JSON object, or the prompt alone. */
  output: 'strict_schema' | 'schema' | 'json_object' | 'text'
  /** The parameter for the maximum number of output tokens. Anthropic: always `max_tokens`. */
  limit: 'max_tokens' | 'max_completion_tokens'
  /** Position of the instructions: in a system message, or at the start of the user message. */
  system: 'system' | 'user'
}

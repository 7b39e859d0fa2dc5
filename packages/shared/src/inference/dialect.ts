/** How an endpoint has to be asked: what of the usual form it takes. */
export interface Dialect {
  /** How the structured answer is asked for: by a JSON schema, strict or not, as any JSON object, or by the prompt alone. */
  output: 'strict_schema' | 'schema' | 'json_object' | 'text'
  /** The parameter that bounds the answer. Anthropic: always `max_tokens`. */
  limit: 'max_tokens' | 'max_completion_tokens'
  /** Where the instructions stand: in a system message, or before the question when the model takes none. */
  system: 'system' | 'user'
}

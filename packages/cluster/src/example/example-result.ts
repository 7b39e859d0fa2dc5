/** An example of a type as YAML, or the reason why there is none. */
export type ExampleResult =
  | { outcome: 'rendered'; yaml: string }
  | { outcome: 'unavailable'; reason: string }

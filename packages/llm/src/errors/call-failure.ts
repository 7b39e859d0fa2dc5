/** Format of a response body. `none`: no response. */
export type AnswerForm = 'json' | 'page' | 'events' | 'text' | 'empty' | 'none'

/** A failed call in a form independent of the product. All texts are untrusted. */
export interface CallFailure {
  /** HTTP status, or the status in the body that replaces it. Undefined: no response. */
  status: number | undefined
  form: AnswerForm
  /** Codes and types of the body and of network errors, in lower case, separated by spaces. */
  codes: string
  /** Codes and all texts in lower case, at most 2,000 characters, for the patterns of the classes. */
  words: string
  /** Message of the provider for users. */
  text: string
  /** Request URL without credentials and query. */
  url: string | undefined
  headers: Headers | undefined
  /** Requested wait of headers, body or text in milliseconds, at most 31 days. */
  waitMs: number | undefined
  /** Target of a redirect. */
  location?: string | undefined
}

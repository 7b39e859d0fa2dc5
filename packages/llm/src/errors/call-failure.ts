/** What an answer consists of. `none`: there is no answer. */
export type AnswerForm = 'json' | 'page' | 'events' | 'text' | 'empty' | 'none'

/** What is known of a call that failed, whatever product sent it and in whatever form. All texts are untrusted. */
export interface CallFailure {
  /** The HTTP status, or the one that the body names in its place. Undefined: there is no answer. */
  status: number | undefined
  form: AnswerForm
  /** Machine-readable codes and types of the body, and of errors of the network: lower case, with spaces between. */
  codes: string
  /** Codes and all texts, lower case, at most 2,000 characters: what classes are recognised by. */
  words: string
  /** What the provider says, for people. */
  text: string
  /** The URL that was asked, without credentials and query. */
  url: string | undefined
  headers: Headers | undefined
  /** Milliseconds that headers, body or text ask to wait; at most 31 days. */
  waitMs: number | undefined
  /** Where a redirect leads to. */
  location?: string | undefined
}

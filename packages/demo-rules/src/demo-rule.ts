/** Capability suggested by words in a definition. Several rules may match one type; earlier rules take precedence. */
export interface DemoRule {
  /** Matched with the kind, its words, the group, the description and the names of the top fields. */
  pattern: RegExp
  capability: string
  /** Technology or vendor, such as PostgreSQL. */
  provider?: string
  /** The work that the type hides, such as `certificate renewal`. */
  abstraction?: string
  /** Search phrase of a user. */
  phrase: string
}

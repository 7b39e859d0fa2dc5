// What language-check.mjs lets pass, with the reasons.

/** Files whose words are not ours or have to quote: recorded inputs, generated files, the glossary. */
export const SKIPPED = [
  // Generated from sources that are checked.
  /^apps\/api\/openapi\.json$/,
  /^packages\/client\/src\/generated\//,
  /(^|\/)fixtures\//,
  /^pnpm-lock\.yaml$/,
  // Text of attackers: patterns and samples of prompt injections.
  /\/suspicion\/(instruction-patterns\.ts|corpus\.json|vocabulary\.txt)$/,
  /^docs\/glossary\.md$/,
  /^scripts\/language-(check|exceptions)\.mjs$/,
  /language-check\.test\.ts$/,
  // Descriptions of Kubernetes types, in the words of their projects.
  /^sims\/cluster-sim\/clusters\//,
  // A list of everyday words.
  /^packages\/catalog\/src\/words\/common-words\.ts$/,
]

/** Type names that end like a participle and are nouns. */
export const NOUNS = []

/** Functions that read a field of their argument. */
export const GETTERS = []

/** Exported names of several files, with the reason. */
export const DUPLICATE_NAMES = {}

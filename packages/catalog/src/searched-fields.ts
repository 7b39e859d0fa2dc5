/** What a search by words looks at, in every store; `matched` of a hit names these. */
export const SEARCHED_FIELDS = [
  'kind',
  'resource',
  'capabilities',
  'searchPhrases',
  'providers',
  'abstractions',
  'shortNames',
  'description',
  'useCase',
] as const

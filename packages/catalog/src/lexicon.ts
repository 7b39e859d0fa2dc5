import { Thesaurus } from './thesaurus/thesaurus.ts'
import { Stemmer } from './words/stemmer.ts'

/** Language data that indexing and searching share. A catalog creates its own; `thesaurus.load` fills it. */
export interface Lexicon {
  stemmer: Stemmer
  thesaurus: Thesaurus
}

/** Reads nothing yet: a process that never searches pays nothing. */
export function createLexicon(): Lexicon {
  const stemmer = new Stemmer()
  return { stemmer, thesaurus: new Thesaurus(stemmer) }
}

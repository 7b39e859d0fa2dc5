import type { Capability } from '@capstan/shared/contract/capability'
import type { Embedder } from '@capstan/shared/embeddings/embedder'
import { buildEmbeddingText, MIN_COSINE } from '../build-embedding-text.ts'
import { readThesaurus } from '../thesaurus/thesaurus.ts'
import {
  extractQueryFeatures,
  extractRowFeatures,
  type Features,
} from '../local-semantic/extract-features.ts'
import { stemText } from '../words/stem.ts'

/** Dense, or the places that are not 0. */
export type Vector = number[] | { indices: number[]; values: number[] }

/** How rows and queries become vectors. Stored with the collection: those of two spaces must never be compared. */
export interface VectorSpace {
  model: string
  /** Null: sparse. */
  dimensions: number | null
  /** Likeness below which a row has nothing to do with a query; null where the scale is not known. */
  least: number | null
  ofRows(rows: Capability[], signal: AbortSignal): Promise<Vector[]>
  ofQuery(query: string, signal: AbortSignal): Promise<Vector>
}

/** Without a model: the features of the default catalog, weighed by Qdrant's own rarity of each. */
export function createLocalSpace(): VectorSpace {
  return {
    model: 'capstan-local-3',
    dimensions: null,
    least: LEAST_FEATURES,
    ofRows: async (rows) => {
      await readThesaurus()
      return rows.map((row) => sparse(extractRowFeatures(row)))
    },
    ofQuery: async (query) => {
      await readThesaurus()
      return sparse(extractQueryFeatures(stemText(query)))
    },
  }
}

/** Dense: the vectors of a model. Both must be of the same one. */
export function createEmbeddedSpace(embedder: Embedder, ofQueries: Embedder): VectorSpace {
  return {
    model: embedder.model,
    dimensions: embedder.dimensions,
    least: MIN_COSINE,
    ofRows: async (rows, signal) =>
      (await embedder.embed(rows.map(buildEmbeddingText), signal)).map((vector) => [...vector]),
    ofQuery: async (query, signal) => {
      const [vector] = await ofQueries.embed([query], signal)
      return [...(vector ?? [])]
    },
  }
}

const LEAST_FEATURES = 0.2

function sparse(features: Features): Vector {
  return { indices: [...features.keys()], values: [...features.values()] }
}

import type { Capability } from '@capstan/shared/contract/capability'
import type { Embedder } from '@capstan/shared/embeddings/embedder'
import { buildEmbeddingText, MIN_COSINE } from '../build-embedding-text.ts'
import type { Lexicon } from '../lexicon.ts'
import { FeatureExtractor, type Features } from '../local-semantic/feature-extractor.ts'

/** Dense, or the indices and values of the elements that are not 0. */
export type Vector = number[] | { indices: number[]; values: number[] }

/** Turns rows and queries into vectors. Its name is stored with a collection: vectors of two spaces are not comparable. */
export interface VectorSpace {
  model: string
  /** Null: sparse. */
  dimensions: number | null
  /** Rows with a lower score are unrelated to the query; null if the scale of scores is unknown. */
  minScore: number | null
  embedRows(rows: Capability[], signal: AbortSignal): Promise<Vector[]>
  embedQuery(query: string, signal: AbortSignal): Promise<Vector>
}

/** Sparse vectors without a model: the features of LocalSemanticIndex. Qdrant weights them by their rarity. */
export function createLocalSpace(lexicon: Lexicon): VectorSpace {
  const { stemmer, thesaurus } = lexicon
  const extractor = new FeatureExtractor(lexicon)
  return {
    model: 'capstan-local-3',
    dimensions: null,
    minScore: MIN_FEATURE_SCORE,
    embedRows: async (rows) => {
      await thesaurus.load()
      return rows.map((row) => toSparseVector(extractor.extractRow(row)))
    },
    embedQuery: async (query) => {
      await thesaurus.load()
      return toSparseVector(extractor.extractQuery(stemmer.stemText(query)))
    },
  }
}

/** Dense vectors of an embedding model. Both embedders must use the same model. */
export function createEmbeddedSpace(rowEmbedder: Embedder, queryEmbedder: Embedder): VectorSpace {
  return {
    model: rowEmbedder.model,
    dimensions: rowEmbedder.dimensions,
    minScore: MIN_COSINE,
    embedRows: async (rows, signal) => {
      const vectors = await rowEmbedder.embed(rows.map(buildEmbeddingText), signal)
      return vectors.map((vector) => [...vector])
    },
    embedQuery: async (query, signal) => {
      const [vector] = await queryEmbedder.embed([query], signal)
      return [...(vector ?? [])]
    },
  }
}

const MIN_FEATURE_SCORE = 0.2

function toSparseVector(features: Features): Vector {
  return { indices: [...features.keys()], values: [...features.values()] }
}

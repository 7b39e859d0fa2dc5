import type { Capability } from '@capstan/shared/contract/capability'
import type { Embedder } from '@capstan/shared/embeddings/embedder'
import { buildEmbeddingText } from '../build-embedding-text.ts'
import {
  measureEmbeddingScale,
  MIN_RELATEDNESS,
  toCosine,
  type EmbeddingScale,
} from '../embedding-scale.ts'
import type { Lexicon } from '../lexicon.ts'
import { FeatureExtractor, type Features } from '../local-semantic/feature-extractor.ts'

/** Dense, or the indices and values of the elements that are not 0. */
export type Vector = number[] | { indices: number[]; values: number[] }

/** Turns rows and queries into vectors. Its name is stored with a collection: vectors of two spaces are not comparable. */
export interface VectorSpace {
  model: string
  /** Null: sparse. */
  dimensions: number | null
  embedRows(rows: Capability[], signal: AbortSignal): Promise<Vector[]>
  embedQuery(query: string, signal: AbortSignal): Promise<QueryVector>
}

export interface QueryVector {
  vector: Vector
  /** Rows with a lower score are unrelated to the query. */
  minScore: number
}

/** Sparse vectors without a model: the features of LocalSemanticIndex. Qdrant weights them by their rarity. */
export function createLocalSpace(lexicon: Lexicon): VectorSpace {
  const { stemmer, thesaurus } = lexicon
  const extractor = new FeatureExtractor(lexicon)
  return {
    model: 'capstan-local-3',
    dimensions: null,
    embedRows: async (rows) => {
      await thesaurus.load()
      return rows.map((row) => toSparseVector(extractor.extractRow(row)))
    },
    embedQuery: async (query) => {
      await thesaurus.load()
      const vector = toSparseVector(extractor.extractQuery(stemmer.stemText(query)))
      return { vector, minScore: MIN_FEATURE_SCORE }
    },
  }
}

/** Dense vectors of an embedding model. Both embedders must use the same model. */
export function createEmbeddedSpace(rowEmbedder: Embedder, queryEmbedder: Embedder): VectorSpace {
  let scale: EmbeddingScale | undefined
  return {
    model: rowEmbedder.model,
    dimensions: rowEmbedder.dimensions,
    embedRows: async (rows, signal) => {
      const vectors = await rowEmbedder.embed(rows.map(buildEmbeddingText), signal)
      return vectors.map((vector) => [...vector])
    },
    embedQuery: async (query, signal) => {
      const [vector = []] = await queryEmbedder.embed([query], signal)
      scale ??= await measureEmbeddingScale(rowEmbedder, signal)
      return { vector: [...vector], minScore: toCosine(MIN_RELATEDNESS, scale) }
    },
  }
}

const MIN_FEATURE_SCORE = 0.2

function toSparseVector(features: Features): Vector {
  return { indices: [...features.keys()], values: [...features.values()] }
}

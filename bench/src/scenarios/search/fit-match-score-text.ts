/** How the score is fitted. */
export const FIT_METHOD = [
  'The score of a search hit is a logistic regression over six features of row and query ([search](../search.md#score)). It is fitted on the tuning halves of the queries of [search-relevance](search-relevance.md), for recorded clusters and hand-written rows together. Each answerable query gives its best-scored right answer as a positive, each impossible question its best-scored result as a negative, and both are chosen again with each of five fits; other results count 0.3, useful ones nothing. The weights are penalized (ridge 0.3).',
  'The threshold is the score below which 5 % of the answerable queries for recorded clusters have no strong match, each scored by a fit on the other four fifths of the queries. The intercept is shifted so that the threshold is 0.5.',
].join('\n\n')

/** Findings, good and bad. */
export const FIT_REMARKS = [
  '* *Equal error rate*: at one threshold, this share of the impossible questions keeps a strong match and this share of the answerable queries loses it. No threshold reaches both goals, 0.15 and 0.05.',
  '* *Pairs in order* is the share of pairs of an answerable query and an impossible question of which the first has the higher score.',
  '* Impossible questions that keep a strong match share all their words with a row about something else: `create a new eks cluster` with the node settings of Karpenter on EKS, `s3 bucket for file uploads` with a Flux source. Answerable queries that lose theirs use words that neither rows nor thesaurus have: `untagged`, `l7`.',
  '* Fitted and left out, with equal error rates of the tuning half as means of four ways to split it, and of the held-out half, which was looked at once, after the choice of candidates:',
  '  * Agreement with one text of the row, agreement with one capability, and a concept that two words of the query mention and the row does not: 0.155 to 0.141 on the tuning half, but 0.167 before and after on the held-out half. At 5 % lost queries they silence fewer of its impossible questions, 0.595 in place of 0.631.',
  '  * Similarity of all-MiniLM-L6-v2 to the whole row: 0.149 to 0.148 on the tuning half, 0.167 to 0.155 on the held-out half, which is two queries.',
  '  * The best similarity of all-MiniLM-L6-v2 to one capability, search phrase or kind: 0.149 to 0.124 on the tuning half, 0.167 to 0.143 on the held-out half. At 5 % lost queries, 0.762 of its impossible questions have no strong match, in place of 0.679. This is the only clear gain. It needs a vector for each text, about six a row.',
  '  * Answerable queries without the rows of the projects that answer them, as more impossible questions for the fit: 0.155 to 0.147 on the tuning half, 0.167 before and after on the held-out half.',
  '* Tried on the tuning half without a gain: share of query words in the row, the same in its best single text, share of exact words, the head noun of the question and the words before its first preposition, rarity of the rarest missing word in the catalog and in English (frequencies of a corpus), share of words that no row knows, number of matched words, products in the name of the kind alone, agreement of the first five results, distance of the first hit to the next ones, products, squares and logarithms of features.',
  '* Order: ranking all hits by score changes MRR by -0.015 to +0.028 depending on the queries, so the order of the fused ranks stays. Strong matches come first, which changes it by at most 0.006.',
].join('\n')

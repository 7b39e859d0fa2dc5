/** How the figures are made. */
export const METHOD = [
  'Judged queries against catalogs in a real Redis, without a key for a model or an embedding service. Rows of scans without a model come first, because a first look has no others: curated answers for known types, rule-based ones for the rest. They are made by the functions of a scan from a cluster served over HTTP: the demo cluster, and recorded clusters of about 350 and 1,600 types when `--cluster 350=FILE --cluster 1600=FILE` names their lists. Hand-written rows have the form in which a model answers; a few made-up groups (under example.com) are among them.',
  'Half of each set of queries is held out: nothing in the search may be changed because of how it is answered. *hit@k* is the share of queries with a best answer among the first k, *MRR* the mean of 1 / its place (0 below the tenth), *nDCG@10* counts a best answer 3 and a useful one 1, against the ideal order. An *impossible question* asks for something that no type of the catalog does. An answerable query *lost its strong match* when all its results are weak; *best answer is weak* counts queries whose best answer is found and weak.',
  'Queries for the recorded clusters and impossible questions were written blind by another author than rows, search and thesaurus, who saw names of types only, in doubt the description in a definition. Queries for the demo cluster are those for hand-written rows that it can answer. Each query is asked in each mode; a search without `mode` runs *hybrid*, and goals are set for it. The data is in `bench/data/relevance`.',
].join('\n\n')

/** Limits of the figures. */
export const REMARKS = [
  '* The match score and its threshold were fitted on the tuning halves ([fit-match-score](fit-match-score.md)); ranking was not tuned on the queries for recorded clusters. The held-out half was read by this page only, and nothing was changed because of it.',
  '* All authors are sessions of one model that think alike: take the figures as the friendly end. Unforeseen words of users are understood less well.',
  '* Curated answers cover every type of the recorded clusters of about 350 types. A cluster with other operators has rule-based rows for them, which are found by name and description only.',
  '* The judgements are strict: a type that is merely useful is no hit, only a gain in nDCG. Impossible questions are mostly near misses, such as a product that the catalog lacks.',
].join('\n')

/** Limits of the figures with an embedding model. */
export const EMBEDDED_REMARK =
  '* The embedding model is served outside of this repository; [search](../search.md#with-an-embedding-model) describes how to use one. The model changes the ranking, not the score: its similarity as a feature adds little ([fit-match-score](fit-match-score.md)). Another model can rank better or worse.'

/** Setting of the API in tests: every type of a scan without a model is a job. */
export const NO_CURATED_ANSWERS = { CAPSTAN_CURATED: 'off' }

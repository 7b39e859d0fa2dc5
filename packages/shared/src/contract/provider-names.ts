/** Model providers. Apart from the schemas, so that a command line can name them without loading these. */
export const PROVIDERS = ['anthropic', 'openai', 'demo'] as const

/** Model providers. In a file without zod, so that the CLI starts fast. */
export const PROVIDERS = ['anthropic', 'openai', 'demo'] as const

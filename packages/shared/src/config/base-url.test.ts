import { describe, expect, test } from 'vitest'
import { baseUrlSetting } from './base-url.ts'
import type { ApiFormat } from './endpoint-vendor.ts'

function read(text: string, wire: ApiFormat = 'openai'): string | undefined {
  const { data, error } = baseUrlSetting(wire).safeParse(text)
  return data ?? `refused: ${error?.issues[0]?.message}`
}

describe('a correctable base URL is corrected', () => {
  test.each<[string, string, ApiFormat]>([
    ['http://127.0.0.1:11434/v1', 'http://127.0.0.1:11434/v1', 'openai'],
    ['  http://127.0.0.1:11434/v1/ ', 'http://127.0.0.1:11434/v1', 'openai'],
    ['"http://127.0.0.1:11434/v1"', 'http://127.0.0.1:11434/v1', 'openai'],
    ["'http://127.0.0.1:11434/v1'", 'http://127.0.0.1:11434/v1', 'openai'],
    ['http://127.0.0.1:11434//v1//', 'http://127.0.0.1:11434/v1', 'openai'],
    ['HTTP://LOCALHOST:1234/v1', 'http://localhost:1234/v1', 'openai'],
    ['http://[::1]:8000/v1', 'http://[::1]:8000/v1', 'openai'],
    ['http://vllm:8000/v1/chat/completions', 'http://vllm:8000/v1', 'openai'],
    ['http://vllm:8000/v1/completions/', 'http://vllm:8000/v1', 'openai'],
    ['http://vllm:8000/v1/models', 'http://vllm:8000/v1', 'openai'],
    ['https://openrouter.ai/api/v1', 'https://openrouter.ai/api/v1', 'openai'],
    ['https://api.openai.com', 'https://api.openai.com/v1', 'openai'],
    ['https://API.OpenAI.com/v1/', 'https://api.openai.com/v1', 'openai'],
    ['https://x.openai.azure.com/openai/v1/', 'https://x.openai.azure.com/openai/v1', 'openai'],
    [
      'https://x.openai.azure.com/openai/deployments/my-gpt/chat/completions',
      'https://x.openai.azure.com/openai/deployments/my-gpt',
      'openai',
    ],
    ['http://localhost:4000', 'http://localhost:4000', 'anthropic'],
    ['http://localhost:4000/v1', 'http://localhost:4000', 'anthropic'],
    ['http://localhost:4000/v1/messages', 'http://localhost:4000', 'anthropic'],
    ['https://api.deepseek.com/anthropic/v1/', 'https://api.deepseek.com/anthropic', 'anthropic'],
    [
      'https://x.services.ai.azure.com/anthropic/v1/messages',
      'https://x.services.ai.azure.com/anthropic',
      'anthropic',
    ],
  ])('%s is read as the base URL %s of the API format %s', (text, url, wire) => {
    expect(read(text, wire)).toBe(url)
  })
})

describe('an unusable base URL is rejected with a suggestion', () => {
  test.each<[string, string, ApiFormat]>([
    ['localhost:11434/v1', 'set it to http://localhost:11434/v1', 'openai'],
    ['127.0.0.1:8000/v1', 'set it to http://127.0.0.1:8000/v1', 'openai'],
    ['192.168.1.5:8000/v1', 'set it to http://192.168.1.5:8000/v1', 'openai'],
    ['vllm:8000/v1', 'set it to http://vllm:8000/v1', 'openai'],
    ['host.docker.internal:11434/v1', 'set it to http://host.docker.internal:11434/v1', 'openai'],
    ['[::1]:11434/v1', 'set it to http://[::1]:11434/v1', 'openai'],
    ['//localhost:11434/v1', 'set it to http://localhost:11434/v1', 'openai'],
    ['gateway.example.com/v1', 'set it to https://gateway.example.com/v1', 'openai'],
    ['localhost:4000', 'set it to http://localhost:4000', 'anthropic'],
    ['https://http://localhost:11434/v1', 'set it to http://localhost:11434/v1', 'openai'],
    ['ftp://localhost/v1', 'only http:// and https://', 'openai'],
    ['unix:///var/run/model.sock', 'only http:// and https://', 'openai'],
    ['http://', 'is not a URL; write it like http://localhost:11434/v1', 'openai'],
    ['http://localhost:99999/v1', 'is not a URL', 'openai'],
    ['http://<your-host>/v1', 'is not a URL', 'openai'],
    ['http://local host/v1', 'has a space', 'openai'],
    ['http://h:1/v1?key=abc', 'set it to http://h:1/v1', 'openai'],
    ['http://h:1/v1#part', 'set it to http://h:1/v1', 'openai'],
    ['http://h:1/v1?', 'set it to http://h:1/v1', 'openai'],
    [
      'https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21',
      'set it to https://x.openai.azure.com/openai/deployments/d and OPENAI_API_VERSION to 2024-10-21',
      'openai',
    ],
    ['https://x.openai.azure.com', 'https://x.openai.azure.com/openai/v1', 'openai'],
    ['https://x.openai.azure.com/openai', 'https://x.openai.azure.com/openai/v1', 'openai'],
    ['http://api.openai.com/v1', 'set it to https://api.openai.com/v1', 'openai'],
    [
      'http://localhost:4000/v1/messages',
      'set ANTHROPIC_BASE_URL to http://localhost:4000',
      'openai',
    ],
    ['http://h:1/v1/chat/completions', 'set OPENAI_BASE_URL to http://h:1/v1', 'anthropic'],
  ])('%s: %s (%s)', (text, message, wire) => {
    const answer = read(text, wire)
    expect(answer).toMatch(/^refused: /)
    expect(answer).toContain(message)
  })

  test.each([
    'http://me:hunter2@localhost:11434/v1',
    'https://hunter2@gateway.example.com/v1',
    'me:hunter2@localhost:11434/v1',
    'http://localhost:11434/v1?key=hunter2',
    'http://http://me:hunter2@localhost/v1',
    'localhost:11434/v1?key=hunter2',
  ])('the base URL %s is rejected without its secret in the message', (text) => {
    expect(read(text)).toMatch(/^refused: /)
    expect(read(text)).not.toContain('hunter2')
  })
})

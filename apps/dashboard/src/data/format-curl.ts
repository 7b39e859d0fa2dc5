import { quoteShellWord } from '@capstan/shared/text/quote-shell-word'
import { API } from './request.ts'

/** Formats a request to the API as a command for a shell. It contains no token: a comment names where it goes. */
export function formatCurl(path: string, body?: unknown, method?: string): string {
  const words = ['curl', '-sS']
  if (method !== undefined) words.push('-X', method)
  if (body !== undefined)
    words.push('-H', 'content-type: application/json', '-d', JSON.stringify(body))
  words.push(new URL(path, API).href)
  return words.map(quoteShellWord).join(' ')
}

import { z } from 'zod'
import type { ProxySettings } from '../http/proxy-rules.ts'
import { parseNoProxy } from '../http/no-proxy.ts'
import { parseProxy } from '../http/proxy-server.ts'
import { certificateFileFault } from './certificate-file-fault.ts'
import { readConfig } from './read-config.ts'

/** Schema of a text that `parse` accepts. Its error message becomes the fault. */
export function createCheckedText(parse: (text: string) => unknown) {
  return z.string().superRefine((text, context) => {
    try {
      parse(text)
    } catch (error) {
      const message = error instanceof Error ? error.message : 'unusable'
      context.addIssue({ code: 'custom', message })
    }
  })
}

/** Proxy and CA settings of every process that makes requests. */
export const NetworkConfig = {
  HTTPS_PROXY: createCheckedText((text) => parseProxy(text, 'HTTPS_PROXY'))
    .optional()
    .meta({
      description:
        'Proxy for https:// targets, such as http://proxy.example:3128. The lower-case name takes precedence.',
      // The URL may contain a password.
      secret: true,
    }),
  HTTP_PROXY: createCheckedText((text) => parseProxy(text, 'HTTP_PROXY'))
    .optional()
    .meta({
      description: 'Proxy for http:// targets. The lower-case name takes precedence.',
      secret: true,
    }),
  NO_PROXY: createCheckedText(parseNoProxy)
    .optional()
    .describe(
      'Comma-separated targets without a proxy: host names with their subdomains, addresses, ranges such as 10.0.0.0/8, or `*`. Loopback addresses never use one. The lower-case name takes precedence.',
    ),
  NODE_EXTRA_CA_CERTS: z
    .string()
    .superRefine((path, context) => {
      const message = certificateFileFault(path)
      if (message !== undefined) context.addIssue({ code: 'custom', message })
    })
    .optional()
    .describe('PEM file of additional trusted CAs. Node.js reads it at startup.'),
}

const NetworkSettings = z.object(NetworkConfig)

/** Reads only the network settings, for processes without others. Throws ConfigError. */
export function readNetworkSettings(
  environment: Record<string, string | undefined>,
): ProxySettings {
  return readConfig(NetworkSettings, environment)
}

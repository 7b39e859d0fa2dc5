import { pino, type DestinationStream, type Logger } from 'pino'

export type Log = Logger

const SECRET_PATHS = [
  'authorization',
  '*.authorization',
  'req.headers.authorization',
  'req.headers.cookie',
  'headers.authorization',
  'apiKey',
  '*.apiKey',
  'token',
  '*.token',
  'password',
  '*.password',
  'kubeconfig',
]

/** JSON lines on stderr, so that stdout stays free for data. Known secret fields are removed. */
export function createLog(
  name: string,
  level: string,
  destination: DestinationStream = pino.destination(2),
): Log {
  return pino({ name, level, redact: { paths: SECRET_PATHS, censor: '[redacted]' } }, destination)
}

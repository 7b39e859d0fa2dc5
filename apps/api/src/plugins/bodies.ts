import { errorCodes } from 'fastify'
import type { App } from '../app-types.ts'

/**
 * JSON is the only accepted body. An empty body with a Content-Type counts as no body, because some tools send one.
 * `curl -d` declares JSON as a form by default, so a form that is a JSON object is parsed as JSON. Pages of other sites
 * can send forms without a preflight; auth.ts rejects them earlier.
 */
export function installBodies(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    (request, body, done) => {
      if (body.length === 0) done(null, undefined)
      else void parse(request, body, done)
    },
  )
  app.addContentTypeParser<string>(FORM, { parseAs: 'string' }, (request, body, done) => {
    if (body.trimStart().startsWith('{')) void parse(request, body, done)
    else done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(FORM), undefined)
  })
}

const FORM = 'application/x-www-form-urlencoded'

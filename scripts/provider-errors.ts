/** The part of docs/errors.md about errors of providers. packages/llm/test/error-docs.test.ts compares it with the classes. */
export const PROVIDER_ERRORS = `## Errors of providers

Products that are compatible with OpenAI or Anthropic report the same error in many forms: with any status, inside of a 200, as a list, a text, a web page or an event
stream. Capstan classifies what they mean. Calls, batches, embeddings and provider checks share one table. The title of an error holds the provider's own words, without keys and at
most 200 characters; the hint names the setting to check.

What happens: **pause** stops the scan once, and \`resume\` goes on. **wait** comes back when the provider says, no attempt is used. **retry** uses an attempt and backs off; the circuit breaker counts it.
**fail** ends that type alone.

| kind | what it is | reason | then |
| --- | --- | --- | --- |
| \`key_refused\` | 401, 403, or words such as \`API key not valid\` with any other status | \`provider_auth\` | pause: check \`OPENAI_API_KEY\` or \`ANTHROPIC_API_KEY\` |
| \`refused_by_proxy\` | a web page with 401 or 403, or a refusal of the proxy | \`provider_auth\` | pause: check \`HTTPS_PROXY\`, \`NO_PROXY\` and the base URL |
| \`quota\` | 402, credit, balance, billing or spend limit used up | \`quota_exhausted\` | pause: raise the limit |
| \`daily_quota\` | a limit of requests or tokens a day | \`rate_limited\` | wait: as long as asked, else one hour; \`until\` says when |
| \`rate_limit\` | 429, or words of a limit with another status | \`rate_limited\` | wait: by \`Retry-After\`, Google's \`retryDelay\` or the text (\`try again in 6m0s\`), else 5 s |
| \`ramp_limit\` | the rate grew too fast | \`rate_limited\` | wait, and calls start one by one |
| \`larger_than_limit\` | one question is larger than the tokens of a minute | \`context_too_long\` | fail: raise the limit of the account |
| \`context_length\` | the question does not fit the context | \`context_too_long\` | fail: use a longer context |
| \`body_too_large\` | a proxy refuses the size of the request (413) | \`context_too_long\` | fail: raise the limit of the proxy |
| \`content_filter\` | a content filter refused the question or the answer | \`refused\` | fail |
| \`unknown_model\` | the endpoint does not have the model | \`provider_not_configured\` | pause: set \`CAPSTAN_MODEL\` |
| \`unknown_batch\` | the endpoint does not have the batch or its file | \`provider_not_configured\` | the batch is given up |
| \`wrong_path\`, \`wrong_method\` | 404 without a word on a model, 405, \`Unexpected endpoint\` | \`provider_not_configured\` | pause: check \`OPENAI_BASE_URL\`, it usually ends in \`/v1\` |
| \`moved\` | a permanent redirect (301, 308). Redirects are never followed | \`provider_not_configured\` | pause: set the final URL |
| \`redirected\` | another redirect, such as to a sign-in page | \`provider_error\` | retry |
| \`unreachable\` | no connection, or no address | \`provider_error\` | retry: is the server running? |
| \`tls\` | a certificate that is not trusted | \`provider_error\` | retry: set \`NODE_EXTRA_CA_CERTS\` |
| \`wrong_protocol\` | \`https://\` at an \`http\` port, the reverse, or no HTTP at all | \`provider_error\` | retry: check the base URL |
| \`connection_lost\` | the connection broke, or the JSON breaks off | \`provider_error\` | retry |
| \`timeout\` | no answer within \`CAPSTAN_CALL_TIMEOUT_MS\` | \`timeout\` | retry |
| \`html_page\`, \`event_stream\`, \`not_json\`, \`empty_answer\` | a web page, a stream, a text or nothing in place of an answer | \`provider_error\` | retry: check the base URL |
| \`unreadable\` | JSON of another form, or nested more than 200 levels | \`provider_error\` | retry |
| \`overloaded\` | the provider or its model is overloaded or loading, with any status | \`provider_error\` | retry |
| \`server_fault\`, \`unknown_fault\` | a fault of the provider, also inside of a 200 or of a choice | \`provider_error\` | retry |
| \`invalid_generation\` | the provider could not make JSON of what the model wrote | \`invalid_output\` | retry, once |
| \`answer_too_large\` | an answer above 4 MiB, embeddings above 32 MiB, after decompression | \`invalid_output\` | fail |
| \`bad_request\` | any other 4xx | \`provider_error\` | fail |

Results of batches are read line by line; a line above 4 MiB or one that cannot be read fails its own type.
`

/** Section of docs/errors.md about provider errors. packages/llm/test/error-docs.test.ts compares it with the classes. */
export const PROVIDER_ERRORS = `## Errors of providers

Products that are compatible with OpenAI or Anthropic report the same error in many forms: with any status, with status 200, as a list, a text, a web page or an event
stream. Capstan classifies errors by their meaning. Calls, batches, embeddings and provider checks use the same classes. The title of an error has the message of the provider, redacted
and at most 200 characters long. The hint names the setting to check.

Next step of the queue: **pause** pauses the scan until \`resume\`. **wait** retries after the requested time without using an attempt. **retry** uses an attempt, with backoff, and counts for the circuit breaker.
**fail** fails this type only.

| kind | error | reason | next step |
| --- | --- | --- | --- |
| \`key_refused\` | 401, 403, or texts such as \`API key not valid\` with any other status | \`provider_auth\` | pause: check \`OPENAI_API_KEY\` or \`ANTHROPIC_API_KEY\` |
| \`refused_by_proxy\` | a web page with 401 or 403, or a refusal by a proxy | \`provider_auth\` | pause: check \`HTTPS_PROXY\`, \`NO_PROXY\` and the base URL |
| \`quota\` | 402, or an exhausted credit, balance, billing or spend limit | \`quota_exhausted\` | pause: increase the limit |
| \`daily_quota\` | a limit of requests or tokens per day | \`rate_limited\` | wait: for the requested time, else one hour; see \`until\` |
| \`rate_limit\` | 429, or the text of a rate limit with another status | \`rate_limited\` | wait: by \`Retry-After\`, Google's \`retryDelay\` or the text (\`try again in 6m0s\`), else 5 s |
| \`ramp_limit\` | the request rate grew too fast | \`rate_limited\` | wait; then calls start one by one |
| \`larger_than_limit\` | one prompt exceeds the token limit per minute | \`context_too_long\` | fail: increase the limit of the account |
| \`context_length\` | the prompt exceeds the context | \`context_too_long\` | fail: use a larger context |
| \`body_too_large\` | a proxy rejects the size of the request (413) | \`context_too_long\` | fail: increase the limit of the proxy |
| \`content_filter\` | a content filter blocked the prompt or the answer | \`refused\` | fail |
| \`unknown_model\` | the endpoint does not have the model | \`provider_not_configured\` | pause: set \`CAPSTAN_MODEL\` |
| \`unknown_batch\` | the endpoint does not have the batch or its file | \`provider_not_configured\` | the batch is abandoned |
| \`wrong_path\`, \`wrong_method\` | 404 without a model in its text, 405, \`Unexpected endpoint\` | \`provider_not_configured\` | pause: check \`OPENAI_BASE_URL\`, it usually ends in \`/v1\` |
| \`moved\` | a permanent redirect (301, 308); redirects are never followed | \`provider_not_configured\` | pause: set the final URL |
| \`redirected\` | another redirect, such as to a sign-in page | \`provider_error\` | retry |
| \`unreachable\` | connection refused, or unknown host | \`provider_error\` | retry: is the server running? |
| \`tls\` | an untrusted certificate | \`provider_error\` | retry: set \`NODE_EXTRA_CA_CERTS\` |
| \`wrong_protocol\` | \`https://\` for an \`http\` port, the reverse, or not HTTP | \`provider_error\` | retry: check the base URL |
| \`connection_lost\` | the connection was lost, or the JSON is incomplete | \`provider_error\` | retry |
| \`timeout\` | no answer within \`CAPSTAN_CALL_TIMEOUT_MS\` | \`timeout\` | retry |
| \`html_page\`, \`event_stream\`, \`not_json\`, \`empty_answer\` | a web page, a stream, a text or an empty body instead of an answer | \`provider_error\` | retry: check the base URL |
| \`unreadable\` | JSON of another format, or nested more than 200 levels | \`provider_error\` | retry |
| \`overloaded\` | the provider or its model is overloaded or loading, with any status | \`provider_error\` | retry |
| \`server_fault\`, \`unknown_fault\` | a provider fault, also with status 200 or in a choice | \`provider_error\` | retry |
| \`invalid_generation\` | the provider could not generate valid JSON | \`invalid_output\` | retry, once |
| \`answer_too_large\` | an answer above 4 MiB, embeddings above 32 MiB, after decompression | \`invalid_output\` | fail |
| \`bad_request\` | any other 4xx | \`provider_error\` | fail |

Batch results are read line by line. A line above 4 MiB, or an unreadable one, fails only its own type.
`

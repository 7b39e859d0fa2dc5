import { useState } from 'preact/hooks'
import { api } from '../../data/api.ts'
import { loadSession } from '../../data/session.ts'
import { FaultNotice } from '../../parts/fault-notice.tsx'

/** Asks for a token. `isOnly`: there is no other way to log in. */
export function TokenForm({ isOnly }: { isOnly: boolean }) {
  const [token, setToken] = useState('')
  const [error, setError] = useState<unknown>(undefined)
  const [isSending, setSending] = useState(false)
  const send = async (event: Event): Promise<void> => {
    event.preventDefault()
    setSending(true)
    try {
      await api.login(token)
      await loadSession()
    } catch (fault) {
      setError(fault)
      setSending(false)
    }
  }
  return (
    <form onSubmit={(event) => void send(event)}>
      <label class="field">
        <span>Token</span>
        <input
          type="password"
          name="token"
          autocomplete="current-password"
          required
          value={token}
          onInput={({ currentTarget }) => setToken(currentTarget.value)}
        />
        <small>One of the tokens in CAPSTAN_TOKEN of the API.</small>
      </label>
      {error !== undefined && <FaultNotice error={error} />}
      <button
        type="submit"
        class={isOnly ? 'button primary' : 'button'}
        disabled={isSending || token === ''}
      >
        Log in{isOnly ? '' : ' with a token'}
      </button>
    </form>
  )
}

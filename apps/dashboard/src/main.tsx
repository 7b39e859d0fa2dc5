import { render } from 'preact'
import './style/tokens.css'
import './style/base.css'
import './style/parts.css'
import './style/scan.css'
import './style/server.css'
import { App } from './app.tsx'
import { startDashboard } from './start-dashboard.ts'

const root = document.getElementById('app')
if (root === null) throw new Error('the page has no element #app')
startDashboard()
render(<App />, root)

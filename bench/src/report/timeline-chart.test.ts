import { expect, test } from 'vitest'
import { renderTimelineChart } from './timeline-chart.ts'

test('values are drawn over the seconds of their steps, an outage as a band, and texts cannot break the drawing', () => {
  const svg = renderTimelineChart({
    title: 'a < b',
    unit: 'calls',
    stepSeconds: 2,
    lines: [{ name: 'one', values: [0, 10] }],
    band: { name: 'down', from: 1, to: 3 },
  })
  expect(svg).toContain('a &lt; b, calls')
  // Steps of 2 s stand at 1 s and 3 s of 4 s; 10 is as high as it gets.
  expect(svg).toContain('points="220.5,322.0 573.5,62.0"')
  expect(svg).toContain('x="220.5" y="62" width="353.0" height="260"')
})

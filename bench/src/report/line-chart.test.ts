import { expect, test } from 'vitest'
import { renderLineChart } from './line-chart.ts'

test('each line is drawn to the same scale from zero, and texts cannot break the drawing', () => {
  const svg = renderLineChart({
    title: 'a < b',
    xName: 'x',
    yName: 'y',
    lines: [
      {
        label: 'one',
        points: [
          { x: 0, y: 0 },
          { x: 10, y: 20 },
        ],
      },
      { label: 'two', isDashed: true, points: [{ x: 10, y: 10 }] },
    ],
  })
  expect(svg).toContain('a &lt; b')
  expect(svg).toContain('points="60.0,316.0 744.0,64.0"')
  expect(svg).toContain('stroke-dasharray="6 4" points="744.0,190.0"')
})

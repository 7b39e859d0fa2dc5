import { expect, test } from 'vitest'
import { renderBarChart } from './bar-chart.ts'

test('bars, parts and ticks of a bar chart are in proportion and inside the picture', () => {
  const svg = renderBarChart({
    title: 'a < b & c',
    unit: 's',
    partNames: ['one', 'two'],
    boundName: 'goal',
    bars: [
      { label: 'short', parts: [1, 1], bound: 4 },
      { label: 'long', parts: [6, 2] },
    ],
  })
  expect(svg).toContain('a &lt; b &amp; c')
  expect(svg).not.toContain('NaN')
  const width = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1])
  const ends = [...svg.matchAll(/ x="([\d.]+)"[^>]*? width="([\d.]+)"/g)].map(
    ([, x, wide]) => Number(x) + Number(wide),
  )
  expect(Math.max(...ends)).toBeLessThan(width)
  const widths = [...svg.matchAll(/ width="([\d.]+)" height="18"/g)].map(([, wide]) => Number(wide))
  expect((widths[2] ?? 0) / (widths[0] ?? 1)).toBeCloseTo(6, 1)
  expect(svg).toContain('>2.0 s<')
  expect(svg).toContain('>8.0 s<')
})

// An accent color that shoppers can't read is refused, with one that they can.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import {
  accentProblem,
  accentsOf,
  colorOf,
  colorsOf,
  contrast,
  contrastOf,
} from '../../src/settings/colors.js'
import { lookHref } from '../../src/settings/look.js'

it('knows colors', () => {
  expect(['#0E5A45', '0e5a45', ' #0f5 ', '0F5'].map(colorOf)).toEqual([
    '#0e5a45',
    '#0e5a45',
    '#00ff55',
    '#00ff55',
  ])
  for (const none of ['', 'red', '#12345', '#1234567', '#ggg', 'url(x)', '#000;}*{', 'rgb(0,0,0)'])
    expect(colorOf(none)).toBeNull()
})

it('counts contrast as WCAG does', () => {
  expect(contrast('#000000', '#ffffff')).toBe(21)
  expect(contrast('#ffffff', '#ffffff')).toBe(1)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.478, 3)
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.542, 3)
  expect(contrast('#ff0000', '#ffffff')).toBeCloseTo(3.998, 3)
})

it('accepts the stylesheet’s own colors, and refuses them in the other scheme', () => {
  expect(accentProblem('#0e5a45', 'light')).toBeNull()
  expect(accentProblem('#8fd6b4', 'dark')).toBeNull()
  expect(accentProblem('#8fd6b4', 'light')).toMatch(/^has a contrast of 1\.\d to 1 and needs 4\.5/)
  expect(accentProblem('#0e5a45', 'dark')).toMatch(/in dark pages\. #[0-9a-f]{6} would do$/)
})

it.each(['light', 'dark'] as const)('what it proposes for %s pages can be read', (scheme) => {
  for (let red = 0; red <= 255; red += 51)
    for (let green = 0; green <= 255; green += 51)
      for (let blue = 0; blue <= 255; blue += 51) {
        const color = `#${[red, green, blue].map((value) => value.toString(16).padStart(2, '0')).join('')}`
        const problem = accentProblem(color, scheme)
        const proposed = problem === null ? color : (/(#[0-9a-f]{6}) would do$/.exec(problem)?.[1] ?? '')
        expect(contrastOf(proposed, scheme), color).toBeGreaterThanOrEqual(4.5)
        // Links that the mouse is over, too.
        const { accentDeep, tint } = colorsOf(proposed, scheme)
        expect(contrast(accentDeep, tint), color).toBeGreaterThanOrEqual(4.5)
      }
})

it('counts with the colors of the stylesheet', () => {
  const css = readFileSync('public/css/till.css', 'utf8')
  for (const color of ['--page: #f3f5f2', '--sheet: #ffffff', '--page: #111714', '--sheet: #1b2420'])
    expect(css).toContain(`${color};`)
})

it('mails have the owner’s accents, or else the stylesheet’s, under text that can be read', () => {
  const css = readFileSync('public/css/till.css', 'utf8')
  for (const { accent, onAccent } of Object.values(accentsOf({ accentLight: null, accentDark: null }))) {
    expect(css).toContain(`--accent: ${accent};`)
    expect(css).toContain(`--on-accent: ${onAccent};`)
  }
  const chosen = accentsOf({ accentLight: '#7a1f6a', accentDark: '#f0b0e0' })
  expect([chosen.light.accent, chosen.dark.accent]).toEqual(['#7a1f6a', '#f0b0e0'])
  for (const { accent, onAccent } of Object.values(chosen))
    expect(contrast(accent, onAccent)).toBeGreaterThanOrEqual(4.5)
})

it('a stylesheet’s address changes with its colors', () => {
  expect(lookHref({ accentLight: null, accentDark: null })).toBeNull()
  const hrefs = [
    lookHref({ accentLight: '#0e5a45', accentDark: null }),
    lookHref({ accentLight: null, accentDark: '#8fd6b4' }),
    lookHref({ accentLight: '#0e5a45', accentDark: '#8fd6b4' }),
  ]
  expect(hrefs[0]).toMatch(/^\/look\/0e5a45-none-[0-9a-f]{8}\.css$/)
  expect(new Set(hrefs).size).toBe(3)
})

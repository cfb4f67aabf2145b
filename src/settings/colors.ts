// The shop's accent color: whether it can be read, and the colors that follow from it.
import type { Settings } from './settings.js'

/** "#0e5a45" */
export type Color = string

/** What the stylesheet's tokens are where an accent is seen. They are those of public/css/till.css. */
const SCHEMES = {
  light: {
    page: '#f3f5f2',
    sheet: '#ffffff',
    onAccent: '#ffffff',
    towards: '#000000',
    tint: 0.13,
    deep: 0.25,
  },
  dark: { page: '#111714', sheet: '#1b2420', onAccent: '#0b120f', towards: '#ffffff', tint: 0.08, deep: 0.3 },
} as const
export type Scheme = keyof typeof SCHEMES

/** The shop's own accents, as in public/css/till.css. */
const OWN: Accents = {
  light: { accent: '#0e5a45', onAccent: '#ffffff' },
  dark: { accent: '#8fd6b4', onAccent: '#0c231a' },
}

/** What WCAG 2.2 asks of text (1.4.3). */
const READABLE = 4.5

/** "#0E5A45", "0e5a45" and "#0f5" as colors are kept. Null for what is none. */
export function colorOf(text: string): Color | null {
  const [, digits] = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(text.trim()) ?? []
  if (digits === undefined) return null
  const long = digits.length === 3 ? digits.replaceAll(/./g, '$&$&') : digits
  return `#${long.toLowerCase()}`
}

/** From 1 to 21 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio). */
export function contrast(one: Color, other: Color): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

/** The least contrast that an accent has where it is seen: as text on the page, a sheet and a tint, and under a button's text. */
export function contrastOf(accent: Color, scheme: Scheme): number {
  const { page, sheet, onAccent } = SCHEMES[scheme]
  const { tint } = colorsOf(accent, scheme)
  return Math.min(...[page, sheet, tint, onAccent].map((color) => contrast(accent, color)))
}

/** What is wrong with an accent, and what would do. Null: it can be read. */
export function accentProblem(accent: Color, scheme: Scheme): string | null {
  const has = contrastOf(accent, scheme)
  if (has >= READABLE) return null
  // Rounded down: 4.49 is too little.
  const shown = (Math.floor(has * 10) / 10).toFixed(1)
  return `has a contrast of ${shown} to 1 and needs ${READABLE} to be readable in ${scheme} pages. ${readable(accent, scheme)} would do`
}

/** The nearest color on the way to black, or to white on dark pages, that can be read. */
function readable(accent: Color, scheme: Scheme): Color {
  const { towards } = SCHEMES[scheme]
  for (let share = 0; share < 1; share += 0.02) {
    const color = mix(accent, towards, share)
    if (contrastOf(color, scheme) >= READABLE) return color
  }
  return towards
}

/** The values of the tokens that depend on the accent. */
export function colorsOf(accent: Color, scheme: Scheme) {
  const { sheet, onAccent, towards, tint, deep } = SCHEMES[scheme]
  return { accent, accentDeep: mix(accent, towards, deep), onAccent, tint: mix(sheet, accent, tint) }
}

/** The accents of light and dark surfaces, with the color of text on them. */
export interface Accents {
  light: { accent: Color; onAccent: Color }
  dark: { accent: Color; onAccent: Color }
}

/** Those that the owner chose, or else the shop's own. */
export function accentsOf({
  accentLight,
  accentDark,
}: Pick<Settings, 'accentLight' | 'accentDark'>): Accents {
  const of = (scheme: Scheme, color: Color | null) => {
    if (color === null) return OWN[scheme]
    const { accent, onAccent } = colorsOf(color, scheme)
    return { accent, onAccent }
  }
  return { light: of('light', accentLight), dark: of('dark', accentDark) }
}

/** @param share of the second color */
function mix(one: Color, other: Color, share: number): Color {
  const from = channels(one)
  const to = channels(other)
  const mixed = from.map((value, index) => Math.round(value + ((to[index] ?? value) - value) * share))
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

function channels(color: Color): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
}

function luminance(color: Color): number {
  const [red = 0, green = 0, blue = 0] = channels(color).map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

// The stylesheet with the owner's colors. Its address has the colors and a hash of what follows from them, so that every process
// has it at once, and browsers keep it for good.
import { createHash } from 'node:crypto'
import { Router } from 'express'
import { notFound } from '../http/problem.js'
import { colorsOf, type Color, type Scheme } from './colors.js'
import type { Settings } from './settings.js'

type Accents = Pick<Settings, 'accentLight' | 'accentDark'>

/** Null: the colors are those of the shop's own stylesheet. */
export function lookHref(accents: Accents): string | null {
  const { accentLight, accentDark } = accents
  if (accentLight === null && accentDark === null) return null
  return `/look/${nameOf(accentLight)}-${nameOf(accentDark)}-${hashOf(stylesheet(accents))}.css`
}

/** Serves the stylesheet of any colors. */
export function lookRoutes(): Router {
  const router = Router()
  router.get('/look/:file', (request, response) => {
    const [, light, dark, hash] =
      /^([0-9a-f]{6}|none)-([0-9a-f]{6}|none)-([0-9a-f]{8})\.css$/.exec(request.params.file) ?? []
    if (light === undefined || dark === undefined) throw notFound()
    const css = stylesheet({ accentLight: accentIn(light), accentDark: accentIn(dark) })
    // Another hash is that of another release, during an update.
    const isSame = hashOf(css) === hash
    response.set('Cache-Control', isSame ? 'public, max-age=31536000, immutable' : 'no-cache')
    response.type('css').send(css)
  })
  return router
}

const nameOf = (color: Color | null) => color?.slice(1) ?? 'none'
const accentIn = (name: string) => (name === 'none' ? null : `#${name}`)
const hashOf = (css: string) => createHash('sha256').update(css).digest('hex').slice(0, 8)

function stylesheet({ accentLight, accentDark }: Accents): string {
  return rulesOf('light', accentLight) + rulesOf('dark', accentDark)
}

function rulesOf(scheme: Scheme, color: Color | null): string {
  if (color === null) return ''
  const { accent, accentDeep, onAccent, tint } = colorsOf(color, scheme)
  return `@media (prefers-color-scheme: ${scheme}) {
  :root {
    --accent: ${accent};
    --accent-deep: ${accentDeep};
    --on-accent: ${onAccent};
    --tint: ${tint};
  }
}
`
}

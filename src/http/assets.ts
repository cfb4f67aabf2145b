// Addresses of the files in public/ with a hash of their content, so that browsers keep them for good. The plain address works too.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import express, { Router, type Response } from 'express'

export interface Assets {
  /** "/assets/css/till.css" → "/assets/css/till.0123456789.css". Other addresses stay as they are. */
  address: (path: string) => string
  routes: Router
}

const FOREVER = 'public, max-age=31536000, immutable'
const HASHED = /^(\/.+)\.([0-9a-f]{10})(\.\w+)$/

/** @param fingerprint whether addresses have a hash. A developer changes files while the shop runs */
export function openAssets(folder: string, fingerprint: boolean): Assets {
  const hashes = new Map<string, string>()
  /** Stylesheets with hashed addresses in them. */
  const styles = new Map<string, string>()
  const address = (plain: string) => {
    const hash = hashes.get(plain)
    const { dir, name, ext } = path.posix.parse(plain)
    return hash === undefined ? plain : `${dir}/${name}.${hash}${ext}`
  }
  const files = fingerprint ? filesIn(folder) : []
  // Stylesheets last: they name other files.
  for (const file of [...files.filter(isNoStyle), ...files.filter((name) => !isNoStyle(name))]) {
    const content = readFileSync(path.join(folder, file))
    const plain = `/assets/${file}`
    if (isNoStyle(file)) hashes.set(plain, hashOf(content))
    else {
      const css = content
        .toString('utf8')
        .replace(/url\('(\/assets\/[^']+)'\)/g, (_match, named: string) => `url('${address(named)}')`)
      styles.set(plain, css)
      hashes.set(plain, hashOf(css))
    }
  }

  const routes = Router()
  routes.use('/assets', (request, response, next) => {
    const [, name, hash, ext] = HASHED.exec(request.path) ?? []
    const plain = `/assets${name ?? ''}${ext ?? ''}`
    const known = hashes.get(plain)
    if (known === undefined) {
      next()
      return
    }
    // Another hash is that of another release, during an update.
    response.set('Cache-Control', known === hash ? FOREVER : 'no-cache')
    const css = styles.get(plain)
    if (css === undefined) {
      request.url = plain.slice('/assets'.length)
      next()
    } else {
      allowEverywhere(response)
      response.type('css').send(css)
    }
  })
  routes.use(
    '/assets',
    express.static(folder, {
      maxAge: fingerprint ? '1h' : 0,
      setHeaders: allowEverywhere,
      fallthrough: true,
    }),
  )
  return { address, routes }
}

/** Stripe's page loads our pictures. */
function allowEverywhere(response: Response): void {
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
}

const isNoStyle = (file: string) => !file.endsWith('.css')
const hashOf = (content: Buffer | string) => createHash('sha256').update(content).digest('hex').slice(0, 10)

// The files that browsers ask for by a fixed name: the icon, and the manifest with the shop's name.
import path from 'node:path'
import { Router } from 'express'
import type { ReadSettings } from './read-settings.js'

/**
 * @param folder of the public files
 * @param asset the address of a file with its hash
 */
export function browserFiles(
  settings: ReadSettings,
  folder: string,
  asset: (path: string) => string,
): Router {
  const router = Router()
  router.get('/favicon.ico', (_request, response) => {
    response.sendFile('favicon.ico', { root: path.join(folder, 'images'), maxAge: '1d' })
  })
  router.get('/site.webmanifest', async (_request, response) => {
    const { name } = await settings()
    const icon = (size: number, purpose: string, file: string) => ({
      src: asset(`/assets/images/${file}.png`),
      sizes: `${size}x${size}`,
      type: 'image/png',
      purpose,
    })
    const manifest = {
      name,
      short_name: name,
      id: '/pricing',
      start_url: '/pricing',
      scope: '/',
      display: 'browser',
      background_color: '#f3f5f2',
      theme_color: '#0e5a45',
      icons: [
        icon(192, 'any', 'icon-192'),
        icon(512, 'any', 'icon-512'),
        icon(512, 'maskable', 'icon-maskable'),
      ],
    }
    response.set('Cache-Control', 'public, max-age=3600')
    response.type('application/manifest+json').send(JSON.stringify(manifest))
  })
  return router
}

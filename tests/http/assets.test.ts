// Files in public/ have addresses that change with their content.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import express from 'express'
import supertest from 'supertest'
import { beforeAll, expect, it } from 'vitest'
import { openAssets } from '../../src/http/assets.js'

const folder = mkdtempSync(path.join(tmpdir(), 'till-assets-'))
beforeAll(() => {
  for (const name of ['css', 'fonts']) mkdirSync(path.join(folder, name))
  writeFileSync(path.join(folder, 'fonts', 'text.woff2'), 'a font')
  writeFileSync(path.join(folder, 'css', 'shop.css'), "a { src: url('/assets/fonts/text.woff2') }")
})

function serve(fingerprint: boolean) {
  const assets = openAssets(folder, fingerprint)
  return { address: assets.address, http: supertest(express().use(assets.routes)) }
}

it('a file under its hash is kept for good, and names the others by theirs', async () => {
  const { address, http } = serve(true)
  const style = address('/assets/css/shop.css')
  const font = address('/assets/fonts/text.woff2')
  expect(style).toMatch(/^\/assets\/css\/shop\.[0-9a-f]{10}\.css$/)
  const kept = 'public, max-age=31536000, immutable'
  const { text } = await http
    .get(style)
    .expect(200)
    .expect('cache-control', kept)
    .expect('content-type', /text\/css/)
  expect(text).toContain(`url('${font}')`)
  await http.get(font).expect(200).expect('cache-control', kept)
})

it('plain addresses and those of another release work, and are asked for again', async () => {
  const { address, http } = serve(true)
  await http.get('/assets/css/shop.css').expect(200).expect('cache-control', 'public, max-age=3600')
  await http.get('/assets/css/shop.0123456789.css').expect(200).expect('cache-control', 'no-cache')
  await http.get('/assets/fonts/text.0123456789.woff2').expect(200).expect('cache-control', 'no-cache')
  await http.get('/assets/css/other.0123456789.css').expect(404)
  expect(address('/pictures/mug.jpg')).toBe('/pictures/mug.jpg')
})

it('a changed file has another address', () => {
  const before = serve(true).address('/assets/css/shop.css')
  writeFileSync(path.join(folder, 'fonts', 'text.woff2'), 'another font')
  expect(serve(true).address('/assets/css/shop.css')).not.toBe(before)
})

it('a developer sees changed files at once', async () => {
  const { address, http } = serve(false)
  expect(address('/assets/css/shop.css')).toBe('/assets/css/shop.css')
  await http.get('/assets/css/shop.css').expect(200).expect('cache-control', 'public, max-age=0')
})

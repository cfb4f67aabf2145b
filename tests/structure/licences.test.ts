// What production installs has a licence that lets a shop run and change it.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { projectRoot } from '../../src/config.js'

/** Nothing here asks more of a shop than to keep a notice. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0', 'PSF-2.0']

/** sharp's library, which it loads as a file of its own, as the LGPL asks. */
const LOADED_LIBRARY = /^@img\/sharp-/
const ALSO_OF_A_LIBRARY = 'LGPL-3.0-or-later'

/** These say it elsewhere than in the field that npm reads. */
const SAID_ELSEWHERE: Readonly<Record<string, string>> = {
  'passport-local': 'MIT',
  'passport-strategy': 'MIT',
  pause: 'MIT',
  'png-js': 'MIT',
}

interface LockFile {
  packages: Record<string, { dev?: boolean; link?: boolean; license?: string }>
}

function licencesOfProduction(): [string, string][] {
  const { packages } = JSON.parse(
    readFileSync(path.join(projectRoot, 'package-lock.json'), 'utf8'),
  ) as LockFile
  return Object.entries(packages)
    .filter(([place, { dev, link }]) => place.startsWith('node_modules/') && !dev && !link)
    .map(([place, { license }]) => {
      const name = place.replace(/^.*node_modules\//, '')
      return [name, license ?? SAID_ELSEWHERE[name] ?? 'unknown']
    })
}

it('every package of production has an allowed licence', () => {
  const licences = licencesOfProduction()
  expect(licences.length).toBeGreaterThan(100)
  const refused = licences.filter(([name, words]) => {
    const allowed = LOADED_LIBRARY.test(name) ? [...ALLOWED, ALSO_OF_A_LIBRARY] : ALLOWED
    return !words.split(' AND ').every((one) => allowed.includes(one))
  })
  expect(refused).toEqual([])
})

it('those that are named here are still installed', () => {
  const names = new Set(licencesOfProduction().map(([name]) => name))
  for (const name of Object.keys(SAID_ELSEWHERE)) expect(names).toContain(name)
})

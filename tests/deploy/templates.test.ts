// The files in deploy/ keep up with the shop: variables, and what images are made of.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { projectRoot, VARIABLES } from '../../src/config.js'

const read = (file: string) => readFileSync(path.join(projectRoot, file), 'utf8')

/** NAME=value and # NAME=value. */
function variablesOf(file: string): Map<string, string> {
  return new Map(
    [...read(file).matchAll(/^(?:# )?([A-Z][A-Z\d_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  )
}

const DEVELOPMENT = ['DATA_DIR', 'SANDBOX_PORT']
const SECRETS = [
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'SESSION_SECRET',
  'SMTP_URL',
  'METRICS_TOKEN',
]

it('.env.example explains every variable', () => {
  expect([...variablesOf('.env.example').keys()].sort()).toEqual([...VARIABLES].sort())
})

it('the template of production has every variable of production', () => {
  const names = [...variablesOf('deploy/env/till.env.example').keys()]
  expect(names.sort()).toEqual(VARIABLES.filter((name) => !DEVELOPMENT.includes(name)).sort())
})

it('no template has a secret in it', () => {
  const variables = variablesOf('deploy/env/till.env.example')
  for (const name of SECRETS) expect([name, variables.get(name)]).toEqual([name, ''])
})

it('docs/4-run-it.md says how each secret is rotated', () => {
  const chapter = /^## Rotating secrets$(.*?)^## /ms.exec(read('docs/4-run-it.md'))?.[1] ?? ''
  for (const name of SECRETS) expect(chapter).toContain(`\`${name}\``)
})

it('images get neither secrets nor what git ignores', () => {
  const refused = read('.dockerignore').split('\n')
  for (const name of ['.git', '.env', 'deploy/.env', 'deploy/env/*.env', 'deploy/pgbouncer/userlist.txt'])
    expect(refused).toContain(name)
  for (const file of ['deploy/.env', 'deploy/env/till.env', 'deploy/pgbouncer/userlist.txt'])
    // Fails if git would take the file.
    execFileSync('git', ['check-ignore', '--quiet', '--no-index', file], { cwd: projectRoot })
})

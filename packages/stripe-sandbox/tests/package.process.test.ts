// The package as other projects get it: packed, installed, started by its command, imported with types.
import { execFile, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import Stripe from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEndpoint, createSession, idOf, payByForm } from './support/world.js'

const run = promisify(execFile)
const source = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)
const compiler = require.resolve('typescript/bin/tsc')
const modules = join(dirname(compiler), '..', '..')

let folder: string
let project: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stripe-sandbox-package-'))
  project = join(folder, 'project')
  mkdirSync(project)
  const { tarball } = await pack()
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel', 'error']
  await run('npm', ['install', ...quiet, tarball], { cwd: project })
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Packs an unbuilt copy of the package. Other tests are using the build in the repository. */
async function pack(): Promise<{ tarball: string }> {
  const copy = join(folder, 'repository', 'packages', 'stripe-sandbox')
  cpSync(source, copy, {
    recursive: true,
    filter: (path) => !/[/\\](dist|node_modules|tests)$/.test(path),
  })
  cpSync(join(source, '..', '..', 'tsconfig.json'), join(folder, 'repository', 'tsconfig.json'))
  symlinkSync(modules, join(folder, 'repository', 'node_modules'))
  await run('npm', ['pack', '--pack-destination', folder], { cwd: copy })
  const [file] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  if (!file) throw new Error('npm pack wrote no tarball')
  return { tarball: join(folder, file) }
}

test('the tarball holds the program and its public types, and no sources, tests or maps', () => {
  const installed = join(project, 'node_modules', 'stripe-sandbox')
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
  expect(readdirSync(installed).sort()).toEqual(
    [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'assets',
      'bin',
      'dist',
      'package.json',
      'parameters.txt',
      'views',
    ].sort(),
  )
  expect(files.filter((file) => /\.(map|tsbuildinfo)$|(?<!\.d)\.ts$/.test(file))).toEqual([])
})

test('its command starts, and the official SDK has a session paid on the hosted page', async () => {
  const endpoint = await createEndpoint()
  const command = join(project, 'node_modules', '.bin', 'stripe-sandbox')
  const state = join(folder, 'state')
  const child = spawn(command, ['--port', '0', '--dir', state, '--webhook', endpoint.url], { cwd: project })
  let output = ''
  for await (const part of child.stdout as AsyncIterable<Buffer>) {
    output += part.toString()
    if (output.includes('Test cards')) break
  }
  const found = (pattern: RegExp): string => pattern.exec(output)?.[1] ?? ''
  const stripe = new Stripe(found(/STRIPE_SECRET_KEY\s+(\S+)/), {
    host: '127.0.0.1',
    port: Number(found(/port: (\d+)/)),
    protocol: 'http',
    telemetry: false,
  })
  const session = await createSession(stripe)
  expect((await payByForm(session.url)).status).toBe(303)
  const paid = await stripe.checkout.sessions.retrieve(session.id)
  expect(paid).toMatchObject({ status: 'complete', payment_status: 'paid', amount_total: 2000 })
  expect(await stripe.paymentIntents.retrieve(idOf(paid.payment_intent))).toMatchObject({
    status: 'succeeded',
  })

  const secret = found(/STRIPE_WEBHOOK_SECRET\s+(\S+)/)
  const received = () =>
    endpoint.deliveries.map(
      ({ headers, body }) =>
        stripe.webhooks.constructEvent(body, String(headers['stripe-signature']), secret).type,
    )
  await expect.poll(received).toContain('checkout.session.completed')

  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  await endpoint.close()
})

test('a program imports createSandbox, compiled with every strict check of its types', async () => {
  writeFileSync(
    join(project, 'program.ts'),
    `import { createSandbox, type Sandbox, type SandboxOptions } from 'stripe-sandbox'

const options: SandboxOptions = { retryDelays: [1], faults: { deliveries: { duplicate: 1 } } }
const sandbox: Sandbox = await createSandbox(options)
const { id, secret }: { id: string; secret: string } = await sandbox.addWebhookEndpoint({
  url: 'http://127.0.0.1:9/',
})
sandbox.advanceClock(60)
console.log([sandbox.url, id, secret, sandbox.faults.settings.deliveries?.duplicate].join(' '))
await sandbox.close()
`,
  )
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    module: 'nodenext',
    target: 'es2023',
    types: [],
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }))
  const { stdout: problems } = await run(process.execPath, [compiler], { cwd: project }).catch(
    (error: unknown) => error as { stdout: string },
  )
  expect(problems).toBe('')
  const { stdout } = await run(process.execPath, ['program.js'], { cwd: project })
  expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+ we_\w+ whsec_\w+ 1\n$/)
})

test('the command for the Stripe CLI says what to install where the CLI is missing', async () => {
  const command = join(project, 'node_modules', '.bin', 'stripe-sandbox-cli')
  await expect(run(command, ['listen'], { cwd: project })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('npm install --save-dev @stripe/cli') as string,
  })
})

// npm test: builds, then runs the tests. Types, lint, unused code and format are checked at low priority beside them, and
// failures are printed at the end.
import { spawn, spawnSync } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import path from 'node:path'

const root = fileURLToPath(new URL('..', import.meta.url))
const checks = [
  ['types', 'typescript-native/bin/tsc', '-p', 'tsconfig.check.json'],
  ['lint', 'eslint/bin/eslint.js', '.', '--max-warnings', '0'],
  ['unused', 'knip/bin/knip.js', '--no-progress'],
  ['format', 'prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
]

const program = (bin) => path.join(root, 'node_modules', ...bin.split('/'))

/** Resolves to whether it found nothing, how long it took, and what it said. */
function runCheck([name, bin, ...args]) {
  const began = Date.now()
  // They allocate much short-lived memory: a larger young generation means fewer collections.
  const child = spawn(process.execPath, ['--max-semi-space-size=64', program(bin), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  let words = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => (words += chunk))
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      const seconds = ((Date.now() - began) / 1000).toFixed(0)
      resolve({ name, words, seconds, ended: code ?? signal })
    })
  })
}

async function runChecks() {
  const done = []
  for (const check of checks) done.push(await runCheck(check))
  return done
}

function runTests() {
  const args = [program('vitest/vitest.mjs'), 'run', ...process.argv.slice(2)]
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal))
  })
}

// What it compiles is checked by "types".
const built = spawnSync(process.execPath, [path.join(root, 'scripts/build.mjs'), '--unchecked'], {
  stdio: 'inherit',
})
if (built.status !== 0) process.exit(built.status ?? 1)

const [tests, done] = await Promise.all([runTests(), runChecks()])
const faults = done.filter(({ ended }) => ended !== 0)
for (const { name, words } of faults) console.error(`\n${name}:\n${words.trim()}`)
const told = [
  ['tests', tests],
  ...done.map(({ name, ended, seconds }) => [`${name} (${seconds} s)`, ended]),
].map(([what, ended]) => `${what}: ${ended === 0 ? 'passed' : `FAILED (${ended})`}`)
console.log(`\n${told.join(' · ')}`)
process.exit(tests === 0 && faults.length === 0 ? 0 : 1)

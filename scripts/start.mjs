// Runs a program of Node that ends with npm: `node scripts/start.mjs FILE …`, for npm start, dev and sandbox.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runChild } from './run-child.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const [file, ...args] = process.argv.slice(2)
const preload = new URL('end-with-parent.mjs', import.meta.url).href
process.exitCode = await runChild(
  process.execPath,
  ['--import', preload, path.join(root, file), ...args],
  // The channel closes with this process, however it ends.
  { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
).ended

// Runs a program of Node that ends with npm: `node scripts/start.mjs FILE …`, for npm start, dev and sandbox.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runChild } from './run-child.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const [file, ...args] = process.argv.slice(2)
process.exitCode = await runChild(process.execPath, [path.join(root, file), ...args], { stdio: 'inherit' })
  .ended

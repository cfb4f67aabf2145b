// npm start: runs the shop, and ends with it.
import { fileURLToPath } from 'node:url'
import { runChild } from './run-child.mjs'

const shop = fileURLToPath(new URL('../dist/main.js', import.meta.url))
process.exitCode = await runChild(process.execPath, [shop], { stdio: 'inherit' }).ended

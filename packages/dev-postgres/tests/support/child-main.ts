// The program of a child process: uses the database of a folder until its standard input ends.
import { startPostgres } from '../../src/index.js'

const [dir = '', settings = '{}', hint] = process.argv.slice(2)
const postgres = await startPostgres({
  dir,
  hint,
  settings: JSON.parse(settings) as Record<string, string>,
  log: (message) => console.error(message),
})
console.log(JSON.stringify({ url: postgres.url, started: postgres.started }))
process.stdin.resume().once('end', () => void postgres.stop())

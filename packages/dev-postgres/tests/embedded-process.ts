// A process that uses the embedded PostgreSQL as the shop does, until its standard input ends.
import { startEmbedded } from '../src/index.js'

const [dataDir = '', settings = '{}'] = process.argv.slice(2)
const embedded = await startEmbedded(
  dataDir,
  (message) => console.error(message),
  JSON.parse(settings) as Record<string, string>,
)
console.log(JSON.stringify({ url: embedded.url, started: embedded.started }))
process.stdin.resume().once('end', () => void embedded.close())

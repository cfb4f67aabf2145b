// Starts the floors: minimal servers that show the least the same work can cost on this machine with the same tools.
import { freePort, startNode, untilAnswers, type Child } from './child.js'

export type Floor = 'webhook' | 'page' | 'checkout' | 'answer' | 'query'

/** Starts floors/<floor>.mjs with its port as the first argument. */
async function spawnFloor(floor: Floor, words: string[]): Promise<Child> {
  const port = await freePort()
  return startNode([`bench/floors/${floor}.mjs`, String(port), ...words], port)
}

export async function startFloor(floor: Floor, words: string[]): Promise<Child> {
  const child = await spawnFloor(floor, words)
  await untilAnswers(child, '/ready')
  return child
}

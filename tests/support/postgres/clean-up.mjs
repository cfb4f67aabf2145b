// Waits until its parent process is gone, then stops the server in the folder and deletes the folder. The test
// runner does not clean up when it is interrupted, and cannot when it is killed.
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const [folder] = process.argv.slice(2)
process.stdin.resume()
await once(process.stdin, 'end')

for (const name of existsSync(folder) ? readdirSync(folder) : []) {
  const file = ['postmaster.pid', 'pgbouncer.pid', 'nginx.pid']
    .map((pid) => path.join(folder, name, pid))
    .find(existsSync)
  if (file === undefined) continue
  process.kill(Number.parseInt(readFileSync(file, 'utf8')), 'SIGQUIT')
  for (let i = 0; i < 500 && existsSync(file); i++) await sleep(10)
}
rmSync(folder, { recursive: true, force: true })

// The process's entry: sets up V8, then loads the shop.
import module from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import v8 from 'node:v8'

// While the shop starts, much is allocated that stays. The young generation would grow to its limit for it, and only shrinks
// after a long rest.
v8.setFlagsFromString('--semi-space-growth-factor=1')
// Compiled code is kept beside the installation. Node 20 can't; where the folder can't be written, nothing is kept.
if ('enableCompileCache' in module)
  (module.enableCompileCache as (folder: string) => unknown)(
    fileURLToPath(new URL(path.posix.join('..', 'node_modules', '.cache', 'compiled'), import.meta.url)),
  )

const { startProcess } = await import('./start-process.js')
await startProcess()
v8.setFlagsFromString('--semi-space-growth-factor=2')

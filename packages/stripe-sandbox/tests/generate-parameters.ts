/** Rewrites `src/sandbox/api/parameters.txt`. Run it after the `stripe` package changed: `npx tsx tests/sandbox/generate-parameters.ts`. */
import { writeFileSync } from 'node:fs'
import { describeParameters, operations } from './request-parameters.js'
import { loadSdkTypes } from './sdk-types.js'

const file = new URL('../parameters.txt', import.meta.url)
writeFileSync(file, describeParameters(loadSdkTypes(Object.values(operations))))

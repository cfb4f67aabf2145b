// Writes parameters.txt, the table of request parameters, from the types of the installed `stripe` package. Run it with
// `npm run generate` after that package was updated.
import { writeFileSync } from 'node:fs'
import { describeParameters, OPERATIONS } from './describe-parameters.js'
import { loadSdkTypes } from './sdk-types.js'

const file = new URL('../parameters.txt', import.meta.url)
writeFileSync(file, describeParameters(loadSdkTypes(Object.values(OPERATIONS))))

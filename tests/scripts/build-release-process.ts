// A process that builds a release, for the test that has two build one at once.
import { buildRelease } from '../../scripts/release.js'

const [commit = '', repository = ''] = process.argv.slice(2)
await buildRelease({ name: commit, commit }, repository)

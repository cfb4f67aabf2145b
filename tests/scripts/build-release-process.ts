// Builds a release in a separate process, for the test of two concurrent builds.
import { buildRelease } from '../../scripts/release.js'

const [commit = '', repository = ''] = process.argv.slice(2)
await buildRelease({ name: commit, commit }, repository)

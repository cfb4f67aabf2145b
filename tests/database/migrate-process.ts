// Runs the migrations in a separate process, for tests that kill it.
import { migrate } from '../../src/database/migrations.js'

const [url = '', folder = ''] = process.argv.slice(2)
console.log(JSON.stringify(await migrate(url, folder)))

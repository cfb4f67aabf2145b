// What the package offers to other programs.
export { startPostgres, type Postgres, type StartOptions } from './start-postgres.js'
export { removePostgres, runningPostgres, stopPostgres, type RunningPostgres } from './running-postgres.js'

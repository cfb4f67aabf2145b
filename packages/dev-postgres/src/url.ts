// The connection URL of a database.
import type { NamedCredentials } from './credentials.js'

export const urlOf = ({ name, password }: NamedCredentials, port: number) =>
  `postgresql://${name}:${password}@127.0.0.1:${port}/${name}`

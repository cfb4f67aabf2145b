// The settings that the server runs with unless the caller chooses others.

/** Settings of the server, by PostgreSQL's names. */
export type Settings = Readonly<Record<string, string>>

export const DEFAULT_SETTINGS: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  max_connections: '60',
  shared_buffers: '256MB',
  max_wal_size: '1GB',
  huge_pages: 'off',
  // Without this the server keeps processes for reading ahead, which a small database does not need.
  io_method: 'sync',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Clients are told of their own failed statements; the log is for the server itself.
  log_min_messages: 'log',
  log_checkpoints: 'off',
}

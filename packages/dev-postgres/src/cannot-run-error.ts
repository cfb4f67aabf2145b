// The error for a machine or user on which PostgreSQL can't run at all, whatever the data folder.

export class CannotRunError extends Error {
  override name = 'CannotRunError'
}

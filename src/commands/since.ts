// Times in arguments: a date, a time, or an age.
import { isStorableTime } from '../database/storable-time.js'
import { CommandError } from './run.js'

/**
 * @param option that has it, for the message
 * @throws CommandError
 */
export function parseSince(text: string, option = '--since'): Date {
  const [, count, unit] = /^(\d{1,3})([hd])$/.exec(text) ?? []
  if (count !== undefined)
    return new Date(Date.now() - Number(count) * (unit === 'd' ? 86_400_000 : 3_600_000))
  const at = new Date(text)
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(at.getTime()) || !isStorableTime(text))
    throw new CommandError(`${option} must be a date (2026-11-20) or an age (6h, 3d).`)
  return at
}

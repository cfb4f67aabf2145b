// Whether a file or folder exists.
import { stat } from 'node:fs/promises'
import { ignore } from './errno.js'

export const exists = async (file: string) => (await stat(file).catch(ignore('ENOENT'))) !== undefined

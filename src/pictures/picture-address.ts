// The addresses of stored pictures: "/pictures/HASH-800.jpg". What an address shows never changes.
import type { PictureFormat } from './encode-picture.js'

const ENDINGS: Record<PictureFormat, string> = { webp: 'webp', jpeg: 'jpg' }
const FILE = /^([0-9a-f]{32})-([1-9]\d{0,4})\.(webp|jpg)$/

interface PictureName {
  hash: string
  width: number
  format: PictureFormat
}

export function pictureAddress({ hash, width, format }: PictureName): string {
  return `/pictures/${hash}-${width}.${ENDINGS[format]}`
}

/** The file that the last part of an address names, or null. */
export function readPictureName(file: string): PictureName | null {
  const [, hash, width, ending] = FILE.exec(file) ?? []
  if (hash === undefined || width === undefined) return null
  return { hash, width: Number(width), format: ending === 'webp' ? 'webp' : 'jpeg' }
}

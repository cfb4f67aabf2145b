// Refuses files that are a picture and something else at the same time. Pictures are encoded anew, so nothing of the file
// would be served. But nobody photographs with a script inside: whoever uploads it should know.
import { PictureError } from './picture-error.js'

const MARKS: readonly [mark: string, what: string][] = [
  ['<script', 'a script'],
  ['<?php', 'a script'],
  ['<svg', 'an SVG drawing'],
  ['<html', 'a web page'],
  ['<!doctype html', 'a web page'],
  ['%PDF-', 'a PDF document'],
  ['PK\x05\x06', 'a ZIP archive'],
]

/** @throws PictureError */
export function refuseDisguised(content: Buffer): void {
  if (content.length === 0) throw new PictureError('The file is empty.')
  const found = MARKS.find(([mark]) => content.includes(mark, 0, 'latin1'))
  if (found)
    throw new PictureError(
      `The file has ${found[1]} in it, which pictures don’t have. Upload a JPEG, PNG, WebP, AVIF or GIF without it.`,
    )
}

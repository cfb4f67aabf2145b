// The address of a product's picture in a mail.
import path from 'node:path'
import { previewNames } from '../catalog/previews.js'
import { projectRoot } from '../config.js'

/** Most mail programs show no SVG, and an empty frame is worse than none. The sample pictures are there as PNG, too. */
const SVG = /\.svg(\?|$)/i
const SAMPLE = /^\/assets\/images\/products\/([\w-]+)\.svg$/
const samples = previewNames(path.join(projectRoot, 'public'))

/** @param image its path, or its https address. @returns null for one that mail programs don't show */
export function mailPicture(image: string, baseUrl: string): string | null {
  const [, sample] = SAMPLE.exec(image) ?? []
  if (sample !== undefined && samples.has(sample)) return `${baseUrl}/assets/images/previews/${sample}.png`
  if (image === '' || SVG.test(image) || !URL.canParse(image, `${baseUrl}/`)) return null
  return new URL(image, `${baseUrl}/`).href
}

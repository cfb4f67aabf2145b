// The sample pictures as PNG, for previews of links, which show no SVG.
import { readdirSync } from 'node:fs'
import path from 'node:path'

/** @param folder of the public files */
export function previewNames(folder: string): ReadonlySet<string> {
  const files = readdirSync(path.join(folder, 'images', 'previews'))
  return new Set(files.filter((file) => file.endsWith('.png')).map((file) => file.slice(0, -'.png'.length)))
}

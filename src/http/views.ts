// Renders EJS views. Each is compiled once, with the views that it includes: EJS would look for those on disk for each page.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import ejs, { type Data, type TemplateFunction } from 'ejs'

type Engine = (file: string, data: object, done: (error: Error | null, html?: string) => void) => void

/** @param keep whether views are compiled once only. Otherwise changes show at once, and errors say the line */
export function viewEngine(keep: boolean): Engine {
  const compiled = new Map<string, TemplateFunction>()

  function templateOf(file: string): TemplateFunction {
    let template = compiled.get(file)
    if (!template) {
      // Included views inherit what the view around them was given, and that has no prototype.
      const options = { filename: file, compileDebug: !keep, unsafePrototypeLocals: true }
      template = ejs.compile(readFileSync(file, 'utf8'), options)
      if (keep) compiled.set(file, template)
    }
    return template
  }

  function htmlOf(file: string, data: Data): string {
    const include = (view: string, more?: Data) =>
      htmlOf(`${path.dirname(file)}/${view}.ejs`, more ? { __proto__: data, ...more } : data)
    return templateOf(file)({ __proto__: data, include })
  }

  return (file, data, done) => {
    let html: string
    try {
      html = htmlOf(file, { __proto__: null, ...data })
    } catch (error) {
      done(error as Error)
      return
    }
    done(null, html)
  }
}

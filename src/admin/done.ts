// What a page says after a form was sent: the form's answer redirects to the page with `?done=NAME`.
import type { Notice } from '../http/view-models.js'

/** @param texts what to say, by name. Other names say nothing */
export function doneNotice(
  query: Record<string, unknown>,
  texts: Readonly<Record<string, string>>,
): Notice | null {
  const { done } = query
  const text = typeof done === 'string' && Object.hasOwn(texts, done) ? texts[done] : undefined
  return text === undefined ? null : { kind: 'success', text }
}

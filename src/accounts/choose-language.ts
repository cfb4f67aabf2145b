// Choosing a language: the same page in it, and nothing else suggested any more. Mail to the shopper follows.
import { Router } from 'express'
import type { PrismaClient } from '../generated/prisma/client.js'
import { prefixOf } from '../http/language-paths.js'
import { rememberLanguage } from '../http/languages.js'
import { isLanguage } from '../messages/index.js'
import { fieldOf } from './forms.js'
import { ownPath } from './next-path.js'

export function languageChoice(prisma: PrismaClient, secureCookies: boolean): Router {
  const router = Router()
  router.post('/language', async (request, response) => {
    const language = fieldOf(request.body, 'language')
    const page = ownPath(fieldOf(request.body, 'next')) || '/'
    if (!isLanguage(language)) {
      response.redirect(303, page)
      return
    }
    rememberLanguage(response, language, secureCookies)
    if (request.user) await prisma.user.update({ where: { id: request.user.id }, data: { locale: language } })
    // Not `redirect`, which leads to pages in the language of the form.
    response
      .status(303)
      .set('Location', prefixOf(language) + page)
      .end()
  })
  return router
}

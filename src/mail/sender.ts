// Who a mail says that it comes from: what the owner has set.
import type { PrismaClient } from '../generated/prisma/client.js'
import { prefixOf } from '../http/language-paths.js'
import { currentLanguage } from '../messages/index.js'
import { readSettings } from '../settings/settings.js'
import { mailPicture } from './mail-picture.js'
import type { Sender } from './view-models.js'

/** @param baseUrl of the shop, without a language */
export async function senderOf(prisma: PrismaClient, baseUrl: string): Promise<Sender> {
  const { name: shopName, supportEmail, companyLines, logo } = await readSettings(prisma)
  const shopUrl = `${baseUrl}${prefixOf(currentLanguage())}/pricing`
  const logoUrl = logo && mailPicture(logo, baseUrl)
  return { shopName, supportEmail, companyLines, shopUrl, adminUrl: `${baseUrl}/admin`, logoUrl }
}

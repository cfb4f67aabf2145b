// Who a mail says that it comes from: what the owner has set.
import type { PrismaClient } from '../generated/prisma/client.js'
import { prefixOf } from '../http/language-paths.js'
import { currentLanguage } from '../messages/index.js'
import { accentsOf } from '../settings/colors.js'
import { readSettings } from '../settings/read-settings.js'
import { mailPicture } from './mail-picture.js'
import type { Sender } from './view-models.js'

/** @param baseUrl of the shop, without a language */
export async function senderOf(prisma: PrismaClient, baseUrl: string): Promise<Sender> {
  const settings = await readSettings(prisma)
  const { name: shopName, supportEmail, companyLines, logo } = settings
  const accents = accentsOf(settings)
  const shopUrl = `${baseUrl}${prefixOf(currentLanguage())}/pricing`
  const logoUrl = logo && mailPicture(logo, baseUrl)
  return { shopName, supportEmail, companyLines, shopUrl, adminUrl: `${baseUrl}/admin`, logoUrl, accents }
}

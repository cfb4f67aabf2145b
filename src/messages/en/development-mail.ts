// The page that shows the shop's email in development. English, as what a developer reads is.
export const developmentMail = {
  developmentTitle: 'Development email',
  developmentLead: 'No email server is set up, so the shop shows its email on this page.',
  developmentEmptyHeading: 'No email yet',
  developmentEmpty: 'Buy something, and the confirmation appears here.',
  goToShop: 'Go to the shop',
  to: (email: string) => `To ${email}`,
  allMail: 'All email',
  asHtml: 'HTML',
  asText: 'Plain text',
  htmlFrameTitle: (subject: string) => `“${subject}” as HTML`,
  textRegion: 'The email as plain text',
}

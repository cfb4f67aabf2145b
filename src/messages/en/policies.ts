// The pages in the owner's own words: their titles, and what stands around them.
export const policies = {
  titles: {
    terms: 'Terms',
    privacy: 'Privacy',
    returns: 'Returns',
    contact: 'Contact',
  },
  navigation: 'Policies',
  published: (version: number, date: string) => `Version ${version}, published on ${date}.`,
  earlier: 'Earlier versions',
  earlierLink: (version: number, date: string) => `Version ${version}, ${date}`,
  replaced: 'This version was replaced.',
  withdrawn: 'This version is no longer in force.',
  current: 'Read the current version',
  email: 'Email',
  seller: 'Seller',
}

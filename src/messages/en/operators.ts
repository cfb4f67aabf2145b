// The page of an invitation to run the shop.
export const operators = {
  title: (shopName: string) => `Help run ${shopName}`,
  text: (shopName: string, role: string) =>
    `You’re invited to run ${shopName} as an ${role}. You will see its orders and customers.`,
  newAccount: (email: string) => `Create an account for ${email}.`,
  passwordHint: (min: number) => `At least ${min} characters, and used nowhere else.`,
  accept: 'Accept',
  acceptWith: (email: string) => `Accept as ${email}.`,
  signInFirst: (email: string) => `You have an account: sign in as ${email} to accept.`,
  ofAnother: (email: string) =>
    `You’re signed in to another account. Sign out, then open this link again and accept as ${email}.`,
  ended: 'This invitation has expired, was withdrawn, or was accepted already. Ask an owner for a new one.',
}

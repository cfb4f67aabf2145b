// The shop's environment in the bench. It sets every variable, so that none is read from the developer's .env.
const NOTHING_SET = {
  NODE_ENV: '',
  HOST: '',
  PORT: '',
  BASE_URL: '',
  DATABASE_URL: '',
  DATA_DIR: '',
  STRIPE_SECRET_KEY: '',
  STRIPE_PUBLISHABLE_KEY: '',
  STRIPE_WEBHOOK_SECRET: '',
  STRIPE_API_BASE: '',
  SANDBOX_PORT: '',
  SESSION_SECRET: '',
  SMTP_URL: '',
  MAIL_FROM: '',
  OPERATOR_EMAIL: '',
  WEB_CONCURRENCY: '',
  METRICS_TOKEN: '',
  BACKLOG_LIMIT_SECONDS: '',
  LOG_LEVEL: 'warn',
  TRUST_PROXY: '',
}

export function shopEnvironment(variables: Partial<typeof NOTHING_SET>): Record<string, string> {
  return { ...NOTHING_SET, ...variables }
}

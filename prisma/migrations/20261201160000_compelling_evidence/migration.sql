-- Whether a dispute can be answered with Visa Compelling Evidence 3.0, in Stripe's words. The previous release leaves it empty.
ALTER TABLE "DisputeDetails" ADD COLUMN "compelling" JSONB;

-- Most types have one outcome. Without knowing that, the planner looks for a rare pair of both among all events, the newest first.
CREATE STATISTICS "StripeEvent_type_outcome_stat" (mcv) ON "type", "outcome" FROM "StripeEvent";

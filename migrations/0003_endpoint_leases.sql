DROP INDEX "deliveries_leased";--> statement-breakpoint
DROP INDEX "deliveries_waiting";--> statement-breakpoint
DROP INDEX "attempts_at";--> statement-breakpoint
DROP INDEX "deliveries_settled";--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "leases" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
CREATE INDEX "deliveries_held" ON "deliveries" USING btree ("endpoint_id") WHERE state = 'held';--> statement-breakpoint
CREATE INDEX "attempts_at" ON "attempts" USING brin ("at");--> statement-breakpoint
CREATE INDEX "deliveries_settled" ON "deliveries" USING brin ("settled_at");
CREATE TABLE "recoveries" (
	"id" text PRIMARY KEY NOT NULL,
	"endpoint_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"action" text NOT NULL,
	"states" text[] NOT NULL,
	"with_missing" boolean NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"state" text NOT NULL,
	"event_cursor" text,
	"sequence_cursor" integer,
	"written" integer DEFAULT 0 NOT NULL,
	"taken_up" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
DROP INDEX "deliveries_sweep";--> statement-breakpoint
DROP INDEX "deliveries_held";--> statement-breakpoint
DROP INDEX "deliveries_due";--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "trigger" text DEFAULT 'schedule' NOT NULL;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "failed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "endpoint_secrets" ADD COLUMN "revealed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "endpoint_secrets" ADD COLUMN "revealed_to_key_id" text;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "slow_in_row" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "rate_window_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "rate_window_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "wake_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "drain_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "recoveries" ADD CONSTRAINT "recoveries_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "recoveries_endpoint" ON "recoveries" USING btree ("endpoint_id","id");--> statement-breakpoint
CREATE INDEX "recoveries_running" ON "recoveries" USING btree ("endpoint_id") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "deliveries_leased" ON "deliveries" USING btree ("endpoint_id","lease_until") WHERE lease_until is not null;--> statement-breakpoint
CREATE INDEX "deliveries_sequence" ON "deliveries" USING btree ("endpoint_id","sequence");--> statement-breakpoint
CREATE INDEX "deliveries_undelivered" ON "deliveries" USING btree ("organisation_id","id") WHERE state <> 'delivered';--> statement-breakpoint
CREATE INDEX "deliveries_settled" ON "deliveries" USING btree ("settled_at") WHERE settled_at is not null;--> statement-breakpoint
CREATE INDEX "endpoints_wake" ON "endpoints" USING btree ("wake_at") WHERE wake_at is not null;--> statement-breakpoint
CREATE INDEX "deliveries_due" ON "deliveries" USING btree ("endpoint_id","next_attempt_at","sequence") WHERE state = 'pending';--> statement-breakpoint
ALTER TABLE "deliveries" DROP COLUMN "generation";--> statement-breakpoint
ALTER TABLE "endpoints" DROP COLUMN "timeouts_in_row";
CREATE TABLE "match_outcomes" (
	"id" text PRIMARY KEY NOT NULL,
	"match_id" text NOT NULL,
	"park_id" text NOT NULL,
	"factory_id" text NOT NULL,
	"vendor_id" text NOT NULL,
	"kpi" text NOT NULL,
	"unit" text NOT NULL,
	"baseline" double precision NOT NULL,
	"target" double precision,
	"actual" double precision NOT NULL,
	"evidence" text NOT NULL,
	"evidence_url" text,
	"measured_on" date NOT NULL,
	"state" text NOT NULL,
	"reported_by" text NOT NULL,
	"reported_at" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"dispute_note" text
);
--> statement-breakpoint
ALTER TABLE "matches" ADD COLUMN "deadline_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "matches" ADD COLUMN "remind_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "park_settings" ADD COLUMN "stage_days" jsonb;--> statement-breakpoint
ALTER TABLE "park_settings" ADD COLUMN "reminder_days" integer;--> statement-breakpoint
ALTER TABLE "match_outcomes" ADD CONSTRAINT "match_outcomes_match_id_matches_id_fk" FOREIGN KEY ("match_id") REFERENCES "public"."matches"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "match_outcomes_match" ON "match_outcomes" USING btree ("match_id","id");--> statement-breakpoint
CREATE INDEX "match_outcomes_park" ON "match_outcomes" USING btree ("park_id","state","decided_at");--> statement-breakpoint
CREATE INDEX "matches_deadline" ON "matches" USING btree ("deadline_at") WHERE deadline_at is not null;--> statement-breakpoint
CREATE INDEX "matches_reminder" ON "matches" USING btree ("remind_at") WHERE remind_at is not null;
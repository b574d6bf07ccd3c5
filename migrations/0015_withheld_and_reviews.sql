CREATE TABLE "scenario_reviews" (
	"scenario_id" text PRIMARY KEY NOT NULL,
	"park_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"decision" text NOT NULL,
	"reason" text,
	"decided_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "capabilities" ADD COLUMN "withheld_park_ids" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "park_settings" ADD COLUMN "publication" text DEFAULT 'author' NOT NULL;--> statement-breakpoint
ALTER TABLE "scenarios" ADD COLUMN "is_withheld" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "scenario_reviews" ADD CONSTRAINT "scenario_reviews_scenario_id_scenarios_id_fk" FOREIGN KEY ("scenario_id") REFERENCES "public"."scenarios"("id") ON DELETE cascade ON UPDATE no action;
CREATE TABLE "scenario_gaps" (
	"scenario_id" text NOT NULL,
	"park_id" text NOT NULL,
	"field" text NOT NULL,
	"is_required" boolean NOT NULL,
	"is_forbidden" boolean NOT NULL,
	"needs" text[] NOT NULL,
	"kinds" text[] NOT NULL,
	CONSTRAINT "scenario_gaps_scenario_id_field_pk" PRIMARY KEY("scenario_id","field")
);
--> statement-breakpoint
CREATE TABLE "scenario_standings" (
	"scenario_id" text PRIMARY KEY NOT NULL,
	"park_id" text NOT NULL,
	"best_total" integer,
	"by_state" integer[] NOT NULL,
	"by_reached" integer[] NOT NULL,
	"shown" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "park_targets" (
	"id" text PRIMARY KEY NOT NULL,
	"park_id" text NOT NULL,
	"metric" text NOT NULL,
	"title" text NOT NULL,
	"value" double precision NOT NULL,
	"from" date NOT NULL,
	"to" date NOT NULL,
	"source" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
DROP INDEX "matches_park";--> statement-breakpoint
ALTER TABLE "match_transitions" ADD COLUMN "since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "match_transitions" ADD COLUMN "waited_for" text[];--> statement-breakpoint
ALTER TABLE "matches" ADD COLUMN "reached" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "park_settings" ADD COLUMN "focus" jsonb;--> statement-breakpoint
ALTER TABLE "scenario_gaps" ADD CONSTRAINT "scenario_gaps_scenario_id_scenarios_id_fk" FOREIGN KEY ("scenario_id") REFERENCES "public"."scenarios"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scenario_standings" ADD CONSTRAINT "scenario_standings_scenario_id_scenarios_id_fk" FOREIGN KEY ("scenario_id") REFERENCES "public"."scenarios"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "park_targets" ADD CONSTRAINT "park_targets_park_id_parks_id_fk" FOREIGN KEY ("park_id") REFERENCES "public"."parks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "scenario_gaps_park" ON "scenario_gaps" USING btree ("park_id","field");--> statement-breakpoint
CREATE INDEX "scenario_standings_park" ON "scenario_standings" USING btree ("park_id");--> statement-breakpoint
CREATE INDEX "park_targets_park" ON "park_targets" USING btree ("park_id","id");--> statement-breakpoint
CREATE INDEX "match_transitions_park" ON "match_transitions" USING btree ("park_id","at");--> statement-breakpoint
CREATE INDEX "matches_reached" ON "matches" USING btree ("park_id","reached","id") WHERE reached > 0;--> statement-breakpoint
CREATE INDEX "matches_park" ON "matches" USING btree ("park_id","state","id");
CREATE TABLE "challenge_answers" (
	"id" text PRIMARY KEY NOT NULL,
	"consortium_id" text NOT NULL,
	"park_id" text NOT NULL,
	"owner_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"approach" text NOT NULL,
	"facets" text[] NOT NULL,
	"cost_yuan" integer NOT NULL,
	"weeks" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"score" integer,
	"review_note" text,
	"reviewed_by_id" text,
	"reviewed_at" timestamp (3) with time zone,
	"selected_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "consortia" (
	"id" text PRIMARY KEY NOT NULL,
	"park_id" text NOT NULL,
	"scenario_id" text NOT NULL,
	"owner_id" text NOT NULL,
	"title" text NOT NULL,
	"state" text NOT NULL,
	"mode" text NOT NULL,
	"origin" text NOT NULL,
	"facets" jsonb NOT NULL,
	"charter_version" integer,
	"deadline_at" timestamp (3) with time zone NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"state_since" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "consortium_briefs" (
	"consortium_id" text PRIMARY KEY NOT NULL,
	"park_id" text NOT NULL,
	"owner_id" text NOT NULL,
	"wishes" jsonb NOT NULL,
	"proposal" jsonb,
	"made_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "consortium_charters" (
	"consortium_id" text NOT NULL,
	"version" integer NOT NULL,
	"park_id" text NOT NULL,
	"terms" text NOT NULL,
	"shares" jsonb NOT NULL,
	"proposed_by_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "consortium_charters_consortium_id_version_pk" PRIMARY KEY("consortium_id","version")
);
--> statement-breakpoint
CREATE TABLE "consortium_members" (
	"consortium_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"park_id" text NOT NULL,
	"role" text NOT NULL,
	"is_lead" integer NOT NULL,
	"state" text NOT NULL,
	"facets" text[] NOT NULL,
	"invited_at" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone,
	CONSTRAINT "consortium_members_consortium_id_organisation_id_pk" PRIMARY KEY("consortium_id","organisation_id")
);
--> statement-breakpoint
CREATE TABLE "consortium_votes" (
	"consortium_id" text NOT NULL,
	"version" integer NOT NULL,
	"organisation_id" text NOT NULL,
	"park_id" text NOT NULL,
	"approves" integer NOT NULL,
	"note" text,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "consortium_votes_consortium_id_version_organisation_id_pk" PRIMARY KEY("consortium_id","version","organisation_id")
);
--> statement-breakpoint
CREATE TABLE "pool_members" (
	"pool_id" text NOT NULL,
	"scenario_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"park_id" text NOT NULL,
	"state" text NOT NULL,
	"alone_yuan" integer,
	"decided_at" timestamp (3) with time zone,
	CONSTRAINT "pool_members_pool_id_scenario_id_pk" PRIMARY KEY("pool_id","scenario_id")
);
--> statement-breakpoint
CREATE TABLE "pools" (
	"id" text PRIMARY KEY NOT NULL,
	"park_id" text NOT NULL,
	"state" text NOT NULL,
	"problems" text[] NOT NULL,
	"members_min" integer NOT NULL,
	"size" integer NOT NULL,
	"cost_yuan" integer,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "funding_entries" (
	"grant_id" text NOT NULL,
	"rule_id" text NOT NULL,
	"park_id" text NOT NULL,
	"firm_id" text NOT NULL,
	"vendor_id" text,
	"year" integer NOT NULL,
	"amount_yuan" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "funding_grants" (
	"id" text PRIMARY KEY NOT NULL,
	"park_id" text NOT NULL,
	"firm_id" text NOT NULL,
	"vendor_id" text,
	"day" text NOT NULL,
	"costs_yuan" bigint NOT NULL,
	"total_yuan" bigint NOT NULL,
	"supports" jsonb NOT NULL,
	"granted_by_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "funding_rules" (
	"id" text PRIMARY KEY NOT NULL,
	"park_id" text NOT NULL,
	"title" text NOT NULL,
	"rule" jsonb NOT NULL,
	"source" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "funding_rules_natural_key" UNIQUE("park_id","title")
);
--> statement-breakpoint
CREATE TABLE "reservations" (
	"id" text PRIMARY KEY NOT NULL,
	"resource_id" text NOT NULL,
	"park_id" text NOT NULL,
	"lender_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"amount" bigint NOT NULL,
	"from_day" text NOT NULL,
	"until_day" text NOT NULL,
	"purpose" text NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "round_entries" (
	"round_id" text NOT NULL,
	"subject_id" text NOT NULL,
	"side" text NOT NULL,
	"park_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"capacity" integer NOT NULL,
	"preferences" text[],
	"place" integer NOT NULL,
	CONSTRAINT "round_entries_round_id_subject_id_pk" PRIMARY KEY("round_id","subject_id")
);
--> statement-breakpoint
CREATE TABLE "round_pairs" (
	"round_id" text NOT NULL,
	"scenario_id" text NOT NULL,
	"vendor_id" text NOT NULL,
	"park_id" text NOT NULL,
	"factory_id" text NOT NULL,
	"match_id" text NOT NULL,
	"is_forced" boolean NOT NULL,
	CONSTRAINT "round_pairs_round_id_scenario_id_vendor_id_pk" PRIMARY KEY("round_id","scenario_id","vendor_id")
);
--> statement-breakpoint
CREATE TABLE "round_terms" (
	"round_id" text PRIMARY KEY NOT NULL,
	"park_id" text NOT NULL,
	"terms" jsonb NOT NULL,
	"advice" jsonb
);
--> statement-breakpoint
CREATE TABLE "rounds" (
	"id" text PRIMARY KEY NOT NULL,
	"park_id" text NOT NULL,
	"title" text NOT NULL,
	"state" text NOT NULL,
	"deadline_at" timestamp (3) with time zone NOT NULL,
	"version" integer NOT NULL,
	"proof" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"published_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "resources" ADD COLUMN "quota_mode" text DEFAULT 'total' NOT NULL;--> statement-breakpoint
ALTER TABLE "resources" ADD COLUMN "available_from" text;--> statement-breakpoint
ALTER TABLE "resources" ADD COLUMN "available_until" text;--> statement-breakpoint
ALTER TABLE "resources" ADD COLUMN "eligible_kinds" text[];--> statement-breakpoint
ALTER TABLE "resources" ADD COLUMN "dataset" jsonb;--> statement-breakpoint
ALTER TABLE "challenge_answers" ADD CONSTRAINT "challenge_answers_consortium_id_consortia_id_fk" FOREIGN KEY ("consortium_id") REFERENCES "public"."consortia"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "challenge_answers" ADD CONSTRAINT "challenge_answers_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consortia" ADD CONSTRAINT "consortia_park_id_parks_id_fk" FOREIGN KEY ("park_id") REFERENCES "public"."parks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consortia" ADD CONSTRAINT "consortia_scenario_id_scenarios_id_fk" FOREIGN KEY ("scenario_id") REFERENCES "public"."scenarios"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consortia" ADD CONSTRAINT "consortia_owner_id_organisations_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consortium_briefs" ADD CONSTRAINT "consortium_briefs_consortium_id_consortia_id_fk" FOREIGN KEY ("consortium_id") REFERENCES "public"."consortia"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consortium_charters" ADD CONSTRAINT "consortium_charters_consortium_id_consortia_id_fk" FOREIGN KEY ("consortium_id") REFERENCES "public"."consortia"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consortium_members" ADD CONSTRAINT "consortium_members_consortium_id_consortia_id_fk" FOREIGN KEY ("consortium_id") REFERENCES "public"."consortia"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consortium_members" ADD CONSTRAINT "consortium_members_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consortium_votes" ADD CONSTRAINT "consortium_votes_consortium_id_consortia_id_fk" FOREIGN KEY ("consortium_id") REFERENCES "public"."consortia"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pool_members" ADD CONSTRAINT "pool_members_pool_id_pools_id_fk" FOREIGN KEY ("pool_id") REFERENCES "public"."pools"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pool_members" ADD CONSTRAINT "pool_members_scenario_id_scenarios_id_fk" FOREIGN KEY ("scenario_id") REFERENCES "public"."scenarios"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pools" ADD CONSTRAINT "pools_park_id_parks_id_fk" FOREIGN KEY ("park_id") REFERENCES "public"."parks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "funding_entries" ADD CONSTRAINT "funding_entries_grant_id_funding_grants_id_fk" FOREIGN KEY ("grant_id") REFERENCES "public"."funding_grants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "funding_entries" ADD CONSTRAINT "funding_entries_rule_id_funding_rules_id_fk" FOREIGN KEY ("rule_id") REFERENCES "public"."funding_rules"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "funding_grants" ADD CONSTRAINT "funding_grants_firm_id_organisations_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "funding_rules" ADD CONSTRAINT "funding_rules_park_id_parks_id_fk" FOREIGN KEY ("park_id") REFERENCES "public"."parks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reservations" ADD CONSTRAINT "reservations_resource_id_resources_id_fk" FOREIGN KEY ("resource_id") REFERENCES "public"."resources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reservations" ADD CONSTRAINT "reservations_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "round_entries" ADD CONSTRAINT "round_entries_round_id_rounds_id_fk" FOREIGN KEY ("round_id") REFERENCES "public"."rounds"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "round_entries" ADD CONSTRAINT "round_entries_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "round_pairs" ADD CONSTRAINT "round_pairs_round_id_rounds_id_fk" FOREIGN KEY ("round_id") REFERENCES "public"."rounds"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "round_pairs" ADD CONSTRAINT "round_pairs_match_id_matches_id_fk" FOREIGN KEY ("match_id") REFERENCES "public"."matches"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "round_terms" ADD CONSTRAINT "round_terms_round_id_rounds_id_fk" FOREIGN KEY ("round_id") REFERENCES "public"."rounds"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rounds" ADD CONSTRAINT "rounds_park_id_parks_id_fk" FOREIGN KEY ("park_id") REFERENCES "public"."parks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "challenge_answers_once" ON "challenge_answers" USING btree ("consortium_id","organisation_id");--> statement-breakpoint
CREATE INDEX "consortia_park" ON "consortia" USING btree ("park_id","id");--> statement-breakpoint
CREATE INDEX "consortia_scenario" ON "consortia" USING btree ("scenario_id");--> statement-breakpoint
CREATE INDEX "consortia_deadline" ON "consortia" USING btree ("deadline_at") WHERE state in ('proposed', 'forming');--> statement-breakpoint
CREATE UNIQUE INDEX "consortia_unserved" ON "consortia" USING btree ("scenario_id") WHERE origin = 'unserved';--> statement-breakpoint
CREATE INDEX "consortium_members_organisation" ON "consortium_members" USING btree ("organisation_id","consortium_id");--> statement-breakpoint
CREATE INDEX "pool_members_organisation_id_index" ON "pool_members" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "funding_entries_rule" ON "funding_entries" USING btree ("rule_id");--> statement-breakpoint
CREATE INDEX "funding_entries_grant" ON "funding_entries" USING btree ("grant_id");--> statement-breakpoint
CREATE INDEX "funding_grants_park" ON "funding_grants" USING btree ("park_id","id");--> statement-breakpoint
CREATE INDEX "funding_grants_firm_id_index" ON "funding_grants" USING btree ("firm_id");--> statement-breakpoint
CREATE INDEX "reservations_resource" ON "reservations" USING btree ("resource_id","state");--> statement-breakpoint
CREATE INDEX "reservations_organisation_id_index" ON "reservations" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "round_entries_organisation_id_index" ON "round_entries" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "round_pairs_vendor_id_index" ON "round_pairs" USING btree ("vendor_id");--> statement-breakpoint
CREATE INDEX "rounds_park" ON "rounds" USING btree ("park_id","id");
CREATE TABLE "pool_cursors" (
	"id" text PRIMARY KEY NOT NULL,
	"xid" "xid8" NOT NULL,
	"scenario_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pool_figures" (
	"pool_id" text NOT NULL,
	"scenario_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"park_id" text NOT NULL,
	"alone_yuan" integer NOT NULL,
	"share_yuan" integer,
	CONSTRAINT "pool_figures_pool_id_scenario_id_pk" PRIMARY KEY("pool_id","scenario_id")
);
--> statement-breakpoint
CREATE TABLE "pool_profiles" (
	"scenario_id" text PRIMARY KEY NOT NULL,
	"park_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"problems" text[] NOT NULL,
	"processes" text[] NOT NULL,
	"modalities" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pool_quotes" (
	"pool_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"park_id" text NOT NULL,
	"cost_yuan" integer NOT NULL,
	"note" text,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "pool_quotes_pool_id_organisation_id_pk" PRIMARY KEY("pool_id","organisation_id")
);
--> statement-breakpoint
DROP INDEX "pool_members_organisation_id_index";--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "processes" text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "modalities" text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "similarity" integer NOT NULL;--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "joined" integer NOT NULL;--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "unlocked" jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "sharing" text NOT NULL;--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "consortium_id" text;--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "deadline_at" timestamp (3) with time zone NOT NULL;--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "version" integer NOT NULL;--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "settled_at" timestamp (3) with time zone NOT NULL;--> statement-breakpoint
ALTER TABLE "pool_figures" ADD CONSTRAINT "pool_figures_pool_id_pools_id_fk" FOREIGN KEY ("pool_id") REFERENCES "public"."pools"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pool_profiles" ADD CONSTRAINT "pool_profiles_scenario_id_scenarios_id_fk" FOREIGN KEY ("scenario_id") REFERENCES "public"."scenarios"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pool_quotes" ADD CONSTRAINT "pool_quotes_pool_id_pools_id_fk" FOREIGN KEY ("pool_id") REFERENCES "public"."pools"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "pool_profiles_park" ON "pool_profiles" USING btree ("park_id");--> statement-breakpoint
ALTER TABLE "pool_members" ADD CONSTRAINT "pool_members_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pools" ADD CONSTRAINT "pools_consortium_id_consortia_id_fk" FOREIGN KEY ("consortium_id") REFERENCES "public"."consortia"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "pool_members_organisation" ON "pool_members" USING btree ("organisation_id","pool_id");--> statement-breakpoint
CREATE INDEX "pool_members_scenario" ON "pool_members" USING btree ("scenario_id");--> statement-breakpoint
CREATE INDEX "pools_park" ON "pools" USING btree ("park_id","id");--> statement-breakpoint
CREATE INDEX "pools_deadline" ON "pools" USING btree ("deadline_at") WHERE state in ('proposed', 'open');--> statement-breakpoint
ALTER TABLE "pool_members" DROP COLUMN "alone_yuan";
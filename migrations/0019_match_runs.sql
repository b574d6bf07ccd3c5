CREATE TABLE "match_run_slices" (
	"run_id" text NOT NULL,
	"number" integer NOT NULL,
	"first_id" text NOT NULL,
	"last_id" text NOT NULL,
	"cursor" text NOT NULL,
	"scored" integer DEFAULT 0 NOT NULL,
	"entered" integer DEFAULT 0 NOT NULL,
	"left" integer DEFAULT 0 NOT NULL,
	"announced" integer DEFAULT 0 NOT NULL,
	"generation" integer DEFAULT 0 NOT NULL,
	"queued_at" timestamp (3) with time zone NOT NULL,
	"lease" text,
	"lease_until" timestamp (3) with time zone,
	"done_at" timestamp (3) with time zone,
	CONSTRAINT "match_run_slices_run_id_number_pk" PRIMARY KEY("run_id","number")
);
--> statement-breakpoint
CREATE TABLE "match_runs" (
	"id" text PRIMARY KEY NOT NULL,
	"park_ids" text[],
	"unscored_only" boolean NOT NULL,
	"quiet" boolean NOT NULL,
	"requested_by_id" text,
	"cause_id" text,
	"state" text NOT NULL,
	"scenarios" integer DEFAULT 0 NOT NULL,
	"scored" integer DEFAULT 0 NOT NULL,
	"entered" integer DEFAULT 0 NOT NULL,
	"left" integer DEFAULT 0 NOT NULL,
	"announced" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "match_runs_causeId_unique" UNIQUE("cause_id")
);
--> statement-breakpoint
ALTER TABLE "match_run_slices" ADD CONSTRAINT "match_run_slices_run_id_match_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."match_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "match_run_slices_open" ON "match_run_slices" USING btree ("queued_at") WHERE done_at is null;--> statement-breakpoint
CREATE INDEX "match_runs_state" ON "match_runs" USING btree ("state");
CREATE TABLE "erasures" (
	"id" text PRIMARY KEY NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"requested_by_id" text NOT NULL,
	"by_subject" boolean NOT NULL,
	"state" text NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"person_ids" text[] DEFAULT '{}' NOT NULL,
	"step" smallint DEFAULT 0 NOT NULL,
	"counts" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"certificate" jsonb,
	"receipt_hash" "bytea" NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "erasures_receiptHash_unique" UNIQUE("receipt_hash")
);
--> statement-breakpoint
CREATE TABLE "retention_runs" (
	"rule" text NOT NULL,
	"day" date NOT NULL,
	"removed" integer NOT NULL,
	"finished_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "retention_runs_rule_day_pk" PRIMARY KEY("rule","day")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "erasures_open" ON "erasures" USING btree ("subject_id") WHERE state in ('waiting', 'running');--> statement-breakpoint
CREATE INDEX "erasures_due" ON "erasures" USING btree ("due_at") WHERE state in ('waiting', 'running');--> statement-breakpoint
CREATE INDEX "erasures_requested_by" ON "erasures" USING btree ("requested_by_id","id");--> statement-breakpoint
CREATE INDEX "notices_event" ON "notices" USING btree ("event_id");
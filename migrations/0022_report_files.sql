CREATE TABLE "report_files" (
	"id" text PRIMARY KEY NOT NULL,
	"park_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"format" text NOT NULL,
	"language" text NOT NULL,
	"from" text,
	"to" text,
	"state" text NOT NULL,
	"progress" smallint NOT NULL,
	"content" "bytea",
	"bytes" integer,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "scenario_gaps" ADD COLUMN "is_only" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "report_files" ADD CONSTRAINT "report_files_park_id_parks_id_fk" FOREIGN KEY ("park_id") REFERENCES "public"."parks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "report_files_organisation" ON "report_files" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "report_files_requested_at_index" ON "report_files" USING btree ("requested_at");
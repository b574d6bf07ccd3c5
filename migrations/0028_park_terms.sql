CREATE TABLE "park_terms" (
	"park_id" text NOT NULL,
	"version" integer NOT NULL,
	"zh" text NOT NULL,
	"en" text NOT NULL,
	"published_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "park_terms_park_id_version_pk" PRIMARY KEY("park_id","version")
);
--> statement-breakpoint
ALTER TABLE "match_transitions" ADD COLUMN "terms_version" integer;--> statement-breakpoint
ALTER TABLE "match_transitions" ADD COLUMN "credential_id" text;--> statement-breakpoint
ALTER TABLE "park_terms" ADD CONSTRAINT "park_terms_park_id_parks_id_fk" FOREIGN KEY ("park_id") REFERENCES "public"."parks"("id") ON DELETE no action ON UPDATE no action;
CREATE TABLE "mail_settings" (
	"person_id" text PRIMARY KEY NOT NULL,
	"answers" boolean NOT NULL,
	"digest" boolean NOT NULL,
	"digest_on" date,
	"unsubscribe_hash" "bytea",
	CONSTRAINT "mail_settings_unsubscribeHash_unique" UNIQUE("unsubscribe_hash")
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"person_id" text NOT NULL,
	"event_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"park_id" text,
	"type" text NOT NULL,
	"data" jsonb NOT NULL,
	"needs_answer" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"read_at" timestamp (3) with time zone,
	"mail_due_at" timestamp (3) with time zone,
	"mail_attempts" integer DEFAULT 0 NOT NULL,
	"mailed_at" timestamp (3) with time zone,
	CONSTRAINT "notices_person_id_event_id_pk" PRIMARY KEY("person_id","event_id")
);
--> statement-breakpoint
ALTER TABLE "mail_settings" ADD CONSTRAINT "mail_settings_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notices_mail" ON "notices" USING btree ("mail_due_at") WHERE mail_due_at is not null;--> statement-breakpoint
CREATE INDEX "notices_created" ON "notices" USING btree ("created_at");
CREATE TABLE "exclusions" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"target_id" text,
	"credit_code" text,
	"name" text,
	"name_key" text,
	"reason" text,
	"until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "exclusions_names_one" CHECK (num_nonnulls(target_id, credit_code, name_key) = 1)
);
--> statement-breakpoint
ALTER TABLE "exclusions" ADD CONSTRAINT "exclusions_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exclusions" ADD CONSTRAINT "exclusions_target_id_organisations_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "exclusions_once" ON "exclusions" USING btree ("organisation_id",coalesce(target_id, credit_code, name_key)) WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "exclusions_target" ON "exclusions" USING btree ("target_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "exclusions_code" ON "exclusions" USING btree ("credit_code") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "exclusions_name" ON "exclusions" USING btree ("name_key") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "exclusions_until" ON "exclusions" USING btree ("until") WHERE ended_at is null and until is not null;
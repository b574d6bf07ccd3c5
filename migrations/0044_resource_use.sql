ALTER TABLE "park_settings" ADD COLUMN "domestic_compute_target" integer;--> statement-breakpoint
ALTER TABLE "report_files" ADD COLUMN "at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "resources" ADD COLUMN "is_domestic" boolean;
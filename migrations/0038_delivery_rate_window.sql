DROP INDEX "event_readers_event";--> statement-breakpoint
CREATE INDEX "event_readers_event" ON "event_readers" USING btree ("event_id","organisation_id");--> statement-breakpoint
ALTER TABLE "endpoints" DROP COLUMN "rate_window_at";--> statement-breakpoint
ALTER TABLE "endpoints" DROP COLUMN "rate_window_count";
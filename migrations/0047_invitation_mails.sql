ALTER TABLE "invitations" ADD COLUMN "mail_hash" "bytea";--> statement-breakpoint
ALTER TABLE "invitations" ADD COLUMN "mail_attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "invitations" ADD COLUMN "mailed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_mailHash_unique" UNIQUE("mail_hash");
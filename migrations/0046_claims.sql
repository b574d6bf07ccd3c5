ALTER TABLE "organisations" DROP CONSTRAINT "organisations_name_unique";--> statement-breakpoint
ALTER TABLE "organisations" DROP CONSTRAINT "organisations_creditCode_unique";--> statement-breakpoint
ALTER TABLE "organisations" ADD COLUMN "is_claim" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "organisations_name_once" ON "organisations" USING btree ("name") WHERE not is_claim;--> statement-breakpoint
CREATE UNIQUE INDEX "organisations_code_once" ON "organisations" USING btree ("credit_code") WHERE not is_claim;
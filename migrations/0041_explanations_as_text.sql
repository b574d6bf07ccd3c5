ALTER TABLE "match_explanations" ALTER COLUMN "body" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "match_scores" ALTER COLUMN "score" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "near_misses" ALTER COLUMN "body" SET DATA TYPE json;
CREATE TABLE "bridge_models" (
	"id" text PRIMARY KEY NOT NULL,
	"version" text NOT NULL,
	"state" text NOT NULL,
	"model" jsonb NOT NULL,
	"evidence" jsonb NOT NULL,
	"measures" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	"promoted_at" timestamp (3) with time zone,
	"retired_at" timestamp (3) with time zone,
	CONSTRAINT "bridge_models_version" UNIQUE("version")
);
--> statement-breakpoint
CREATE TABLE "embeddings" (
	"object_id" text NOT NULL,
	"model" text NOT NULL,
	"hash" text NOT NULL,
	"vector" "bytea" NOT NULL,
	"embedded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "embeddings_object_id_model_pk" PRIMARY KEY("object_id","model")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "bridge_models_current" ON "bridge_models" USING btree ("state") WHERE state = 'current';
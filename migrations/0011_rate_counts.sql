CREATE TABLE "rate_counts" (
	"caller" text NOT NULL,
	"window_ms" bigint NOT NULL,
	"count" integer NOT NULL,
	CONSTRAINT "rate_counts_caller_window_ms_pk" PRIMARY KEY("caller","window_ms")
);

CREATE TABLE "capabilities" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"state" text NOT NULL,
	"language" text,
	"title" text NOT NULL,
	"problems" text[] NOT NULL,
	"techniques" text[] NOT NULL,
	"audiences" text[] NOT NULL,
	"body" jsonb NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"published_at" timestamp (3) with time zone,
	"feed_xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "capability_sealed" (
	"capability_id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"body" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "capability_shared" (
	"capability_id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"body" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "event_readers" (
	"organisation_id" text NOT NULL,
	"xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"event_id" text NOT NULL,
	CONSTRAINT "event_readers_organisation_id_xid_event_id_pk" PRIMARY KEY("organisation_id","xid","event_id")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" text PRIMARY KEY NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "events_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"type" text NOT NULL,
	"park_id" text,
	"actor_id" text,
	"data" jsonb NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"dispatched_at" timestamp (3) with time zone,
	"generation" integer DEFAULT 0 NOT NULL,
	"done_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"made_by_id" text NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"scopes" text[] NOT NULL,
	"prefix" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	CONSTRAINT "api_keys_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "disclosures" (
	"object_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"stage" smallint NOT NULL,
	CONSTRAINT "disclosures_object_id_organisation_id_pk" PRIMARY KEY("object_id","organisation_id")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"api_key_id" text NOT NULL,
	"key" text NOT NULL,
	"organisation_id" text NOT NULL,
	"request_hash" "bytea" NOT NULL,
	"status" smallint NOT NULL,
	"resource_id" text NOT NULL,
	"had_secret" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_api_key_id_key_pk" PRIMARY KEY("api_key_id","key")
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"park_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone,
	CONSTRAINT "memberships_park_id_organisation_id_pk" PRIMARY KEY("park_id","organisation_id")
);
--> statement-breakpoint
CREATE TABLE "organisations" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"name_en" text,
	"city" text,
	"credit_code" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "organisations_name_unique" UNIQUE("name"),
	CONSTRAINT "organisations_creditCode_unique" UNIQUE("credit_code")
);
--> statement-breakpoint
CREATE TABLE "parks" (
	"id" text PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"name_en" text,
	"region" text NOT NULL,
	"time_zone" text NOT NULL,
	"organisation_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "parks_slug_unique" UNIQUE("slug"),
	CONSTRAINT "parks_organisationId_unique" UNIQUE("organisation_id")
);
--> statement-breakpoint
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
CREATE TABLE "match_explanations" (
	"match_id" text NOT NULL,
	"reader" text NOT NULL,
	"organisation_id" text NOT NULL,
	"body" jsonb NOT NULL,
	"written_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "match_explanations_match_id_reader_pk" PRIMARY KEY("match_id","reader")
);
--> statement-breakpoint
CREATE TABLE "match_scores" (
	"match_id" text NOT NULL,
	"engine_version" text NOT NULL,
	"lexicon_version" text NOT NULL,
	"weights_version" text NOT NULL,
	"score" jsonb NOT NULL,
	"scored_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "match_scores_match_id_engine_version_lexicon_version_weights_version_pk" PRIMARY KEY("match_id","engine_version","lexicon_version","weights_version")
);
--> statement-breakpoint
CREATE TABLE "match_transitions" (
	"id" text PRIMARY KEY NOT NULL,
	"match_id" text NOT NULL,
	"park_id" text NOT NULL,
	"factory_id" text NOT NULL,
	"vendor_id" text NOT NULL,
	"action" text NOT NULL,
	"from" text NOT NULL,
	"to" text NOT NULL,
	"actor_id" text,
	"reason" text,
	"note" text,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "matches" (
	"id" text PRIMARY KEY NOT NULL,
	"scenario_id" text NOT NULL,
	"capability_id" text NOT NULL,
	"park_id" text NOT NULL,
	"factory_id" text NOT NULL,
	"vendor_id" text NOT NULL,
	"state" text NOT NULL,
	"rank" integer,
	"total" integer NOT NULL,
	"factory_score" integer NOT NULL,
	"vendor_score" integer NOT NULL,
	"announced_at" timestamp (3) with time zone,
	"announced_total" integer,
	"announced_verdicts" text,
	"factory_interest_at" timestamp (3) with time zone,
	"vendor_interest_at" timestamp (3) with time zone,
	"factory_accepted_at" timestamp (3) with time zone,
	"vendor_accepted_at" timestamp (3) with time zone,
	"declined_by" text,
	"decline_reason" text,
	"decline_note" text,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"state_since" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "matches_pair" UNIQUE("scenario_id","capability_id")
);
--> statement-breakpoint
CREATE TABLE "near_misses" (
	"scenario_id" text NOT NULL,
	"capability_id" text NOT NULL,
	"reader" text NOT NULL,
	"organisation_id" text NOT NULL,
	"total" integer NOT NULL,
	"body" jsonb NOT NULL,
	"written_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "near_misses_scenario_id_capability_id_reader_pk" PRIMARY KEY("scenario_id","capability_id","reader")
);
--> statement-breakpoint
CREATE TABLE "park_settings" (
	"park_id" text PRIMARY KEY NOT NULL,
	"match_threshold" integer NOT NULL,
	"shortlist_max" integer NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "resources" (
	"id" text PRIMARY KEY NOT NULL,
	"park_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"element" text NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"title_en" text,
	"summary" text,
	"quota" jsonb,
	"eligibility" text,
	"source" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "resources_natural_key" UNIQUE("park_id","organisation_id","title")
);
--> statement-breakpoint
CREATE TABLE "scenario_sealed" (
	"scenario_id" text PRIMARY KEY NOT NULL,
	"park_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"body" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "scenario_shared" (
	"scenario_id" text PRIMARY KEY NOT NULL,
	"park_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"body" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "scenarios" (
	"id" text PRIMARY KEY NOT NULL,
	"park_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"state" text NOT NULL,
	"visibility" text NOT NULL,
	"language" text,
	"title" text NOT NULL,
	"industry" text,
	"problems" text[] NOT NULL,
	"body" jsonb NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"published_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone,
	"scored_at" timestamp (3) with time zone,
	"scored_horizon" "xid8",
	"unserved_since" timestamp (3) with time zone,
	"entry_score" integer DEFAULT 0 NOT NULL,
	"feed_xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "attempts" (
	"id" text PRIMARY KEY NOT NULL,
	"delivery_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"number" integer NOT NULL,
	"trigger" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"outcome" text NOT NULL,
	"status" integer,
	"error_code" text,
	"remote_address" text,
	"timings" jsonb NOT NULL,
	"excerpt" text,
	"next_attempt_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"event_id" text NOT NULL,
	"endpoint_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"event_type" text NOT NULL,
	"body" text NOT NULL,
	"sequence" integer NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"round" integer DEFAULT 0 NOT NULL,
	"trigger" text DEFAULT 'schedule' NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	"lease_until" timestamp (3) with time zone,
	"failed_at" timestamp (3) with time zone,
	"is_test" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"settled_at" timestamp (3) with time zone,
	CONSTRAINT "deliveries_event_endpoint" UNIQUE("event_id","endpoint_id")
);
--> statement-breakpoint
CREATE TABLE "endpoint_secrets" (
	"id" text PRIMARY KEY NOT NULL,
	"endpoint_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"sealed" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"revealed_at" timestamp (3) with time zone,
	"revealed_to_key_id" text
);
--> statement-breakpoint
CREATE TABLE "endpoints" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"url" text NOT NULL,
	"description" text,
	"event_types" text[] NOT NULL,
	"filters" jsonb NOT NULL,
	"state" text NOT NULL,
	"disabled_reason" text,
	"disabled_at" timestamp (3) with time zone,
	"headers_sealed" "bytea",
	"header_names" text[] NOT NULL,
	"retry_schedule" integer[],
	"concurrency_max" integer NOT NULL,
	"rate_max" integer NOT NULL,
	"auto_disable" boolean DEFAULT true NOT NULL,
	"failing_since" timestamp (3) with time zone,
	"failed_deliveries" integer DEFAULT 0 NOT NULL,
	"slow_in_row" integer DEFAULT 0 NOT NULL,
	"blocked_dials" integer DEFAULT 0 NOT NULL,
	"first_blocked_at" timestamp (3) with time zone,
	"warned_percent" integer DEFAULT 0 NOT NULL,
	"paused_until" timestamp (3) with time zone,
	"rate_window_at" timestamp (3) with time zone,
	"rate_window_count" integer DEFAULT 0 NOT NULL,
	"sequence" integer DEFAULT 0 NOT NULL,
	"wake_at" timestamp (3) with time zone,
	"drain_at" timestamp (3) with time zone,
	"generation" integer DEFAULT 0 NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "recoveries" (
	"id" text PRIMARY KEY NOT NULL,
	"endpoint_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"action" text NOT NULL,
	"states" text[] NOT NULL,
	"with_missing" boolean NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"state" text NOT NULL,
	"event_cursor" text,
	"sequence_cursor" integer,
	"written" integer DEFAULT 0 NOT NULL,
	"taken_up" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "capabilities" ADD CONSTRAINT "capabilities_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "capability_sealed" ADD CONSTRAINT "capability_sealed_capability_id_capabilities_id_fk" FOREIGN KEY ("capability_id") REFERENCES "public"."capabilities"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "capability_shared" ADD CONSTRAINT "capability_shared_capability_id_capabilities_id_fk" FOREIGN KEY ("capability_id") REFERENCES "public"."capabilities"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "event_readers" ADD CONSTRAINT "event_readers_event_id_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_made_by_id_organisations_id_fk" FOREIGN KEY ("made_by_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disclosures" ADD CONSTRAINT "disclosures_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_api_key_id_api_keys_id_fk" FOREIGN KEY ("api_key_id") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_park_id_parks_id_fk" FOREIGN KEY ("park_id") REFERENCES "public"."parks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parks" ADD CONSTRAINT "parks_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "match_explanations" ADD CONSTRAINT "match_explanations_match_id_matches_id_fk" FOREIGN KEY ("match_id") REFERENCES "public"."matches"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "match_scores" ADD CONSTRAINT "match_scores_match_id_matches_id_fk" FOREIGN KEY ("match_id") REFERENCES "public"."matches"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "match_transitions" ADD CONSTRAINT "match_transitions_match_id_matches_id_fk" FOREIGN KEY ("match_id") REFERENCES "public"."matches"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "matches" ADD CONSTRAINT "matches_scenario_id_scenarios_id_fk" FOREIGN KEY ("scenario_id") REFERENCES "public"."scenarios"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "matches" ADD CONSTRAINT "matches_capability_id_capabilities_id_fk" FOREIGN KEY ("capability_id") REFERENCES "public"."capabilities"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "near_misses" ADD CONSTRAINT "near_misses_scenario_id_scenarios_id_fk" FOREIGN KEY ("scenario_id") REFERENCES "public"."scenarios"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "near_misses" ADD CONSTRAINT "near_misses_capability_id_capabilities_id_fk" FOREIGN KEY ("capability_id") REFERENCES "public"."capabilities"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "park_settings" ADD CONSTRAINT "park_settings_park_id_parks_id_fk" FOREIGN KEY ("park_id") REFERENCES "public"."parks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resources" ADD CONSTRAINT "resources_park_id_parks_id_fk" FOREIGN KEY ("park_id") REFERENCES "public"."parks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resources" ADD CONSTRAINT "resources_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scenario_sealed" ADD CONSTRAINT "scenario_sealed_scenario_id_scenarios_id_fk" FOREIGN KEY ("scenario_id") REFERENCES "public"."scenarios"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scenario_shared" ADD CONSTRAINT "scenario_shared_scenario_id_scenarios_id_fk" FOREIGN KEY ("scenario_id") REFERENCES "public"."scenarios"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scenarios" ADD CONSTRAINT "scenarios_park_id_parks_id_fk" FOREIGN KEY ("park_id") REFERENCES "public"."parks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scenarios" ADD CONSTRAINT "scenarios_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_delivery_id_deliveries_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "public"."deliveries"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_event_id_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoint_secrets" ADD CONSTRAINT "endpoint_secrets_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoints" ADD CONSTRAINT "endpoints_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recoveries" ADD CONSTRAINT "recoveries_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "capabilities_organisation" ON "capabilities" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "capabilities_state" ON "capabilities" USING btree ("state","id");--> statement-breakpoint
CREATE INDEX "capabilities_feed" ON "capabilities" USING btree ("feed_xid");--> statement-breakpoint
CREATE INDEX "event_readers_event" ON "event_readers" USING btree ("event_id");--> statement-breakpoint
CREATE INDEX "events_undispatched" ON "events" USING btree ("seq") WHERE dispatched_at is null;--> statement-breakpoint
CREATE INDEX "events_unfinished" ON "events" USING btree ("dispatched_at") WHERE done_at is null and dispatched_at is not null;--> statement-breakpoint
CREATE INDEX "events_type" ON "events" USING btree ("type","seq");--> statement-breakpoint
CREATE INDEX "api_keys_organisation_id_index" ON "api_keys" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "idempotency_keys_created_at" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "memberships_organisation_id_index" ON "memberships" USING btree ("organisation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "bridge_models_current" ON "bridge_models" USING btree ("state") WHERE state = 'current';--> statement-breakpoint
CREATE INDEX "match_transitions_match" ON "match_transitions" USING btree ("match_id","at");--> statement-breakpoint
CREATE INDEX "matches_capability" ON "matches" USING btree ("capability_id","total");--> statement-breakpoint
CREATE INDEX "matches_park" ON "matches" USING btree ("park_id","state");--> statement-breakpoint
CREATE INDEX "matches_vendor" ON "matches" USING btree ("vendor_id","state");--> statement-breakpoint
CREATE INDEX "matches_factory" ON "matches" USING btree ("factory_id","state");--> statement-breakpoint
CREATE INDEX "near_misses_capability" ON "near_misses" USING btree ("capability_id");--> statement-breakpoint
CREATE INDEX "resources_kind_index" ON "resources" USING btree ("kind");--> statement-breakpoint
CREATE INDEX "scenarios_park" ON "scenarios" USING btree ("park_id","state","id");--> statement-breakpoint
CREATE INDEX "scenarios_organisation" ON "scenarios" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "scenarios_feed" ON "scenarios" USING btree ("feed_xid");--> statement-breakpoint
CREATE INDEX "scenarios_expiry" ON "scenarios" USING btree ("expires_at") WHERE state = 'published' and expires_at is not null;--> statement-breakpoint
CREATE INDEX "attempts_delivery" ON "attempts" USING btree ("delivery_id","number");--> statement-breakpoint
CREATE INDEX "attempts_at" ON "attempts" USING btree ("at");--> statement-breakpoint
CREATE INDEX "deliveries_due" ON "deliveries" USING btree ("endpoint_id","next_attempt_at","sequence") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "deliveries_leased" ON "deliveries" USING btree ("endpoint_id","lease_until") WHERE lease_until is not null;--> statement-breakpoint
CREATE INDEX "deliveries_sequence" ON "deliveries" USING btree ("endpoint_id","sequence");--> statement-breakpoint
CREATE INDEX "deliveries_organisation" ON "deliveries" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "deliveries_undelivered" ON "deliveries" USING btree ("organisation_id","id") WHERE state <> 'delivered';--> statement-breakpoint
CREATE INDEX "deliveries_waiting" ON "deliveries" USING btree ("state","next_attempt_at") WHERE state in ('pending', 'held');--> statement-breakpoint
CREATE INDEX "deliveries_settled" ON "deliveries" USING btree ("settled_at") WHERE settled_at is not null;--> statement-breakpoint
CREATE INDEX "endpoint_secrets_endpoint_id_index" ON "endpoint_secrets" USING btree ("endpoint_id");--> statement-breakpoint
CREATE INDEX "endpoints_organisation" ON "endpoints" USING btree ("organisation_id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "endpoints_wake" ON "endpoints" USING btree ("wake_at") WHERE wake_at is not null;--> statement-breakpoint
CREATE INDEX "recoveries_endpoint" ON "recoveries" USING btree ("endpoint_id","id");--> statement-breakpoint
CREATE INDEX "recoveries_running" ON "recoveries" USING btree ("endpoint_id") WHERE state = 'running';
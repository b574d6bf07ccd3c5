-- Who stands behind a key, in one statement before every request. The same question as before and the same answer: an
-- expired or revoked key is no key. In PL/pgSQL, which keeps its plans for the session where the old functions were planned
-- at each call. That the key was used is noted once a minute, by whoever gets the row first.
CREATE FUNCTION recognise_key(key_hash bytea, at timestamptz)
RETURNS TABLE (key_id text, organisation_id text, organisation_kind text, role text, scopes text[],
  park_ids text[], admin_park_ids text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
#variable_conflict use_column
DECLARE
  used_at timestamptz;
BEGIN
  SELECT k.id, o.id, o.kind, k.role, k.scopes, k.last_used_at,
    coalesce((SELECT array_agg(m.park_id ORDER BY m.park_id) FROM public.memberships m
      WHERE m.organisation_id = o.id AND m.state = 'active'), '{}'),
    coalesce((SELECT array_agg(p.id ORDER BY p.id) FROM public.parks p WHERE p.organisation_id = o.id), '{}')
  INTO key_id, organisation_id, organisation_kind, role, scopes, used_at, park_ids, admin_park_ids
  FROM public.api_keys k JOIN public.organisations o ON o.id = k.organisation_id
  WHERE k.hash = key_hash AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > at);
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF used_at IS NULL OR used_at < at - interval '1 minute' THEN
    UPDATE public.api_keys SET last_used_at = at
      WHERE id IN (SELECT k.id FROM public.api_keys k WHERE k.hash = key_hash
        AND (k.last_used_at IS NULL OR k.last_used_at < at - interval '1 minute') FOR UPDATE SKIP LOCKED);
  END IF;
  RETURN NEXT;
END
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION recognise_key(bytea, timestamptz) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION recognise_key(bytea, timestamptz) TO duijie_app;
--> statement-breakpoint
DROP FUNCTION authenticate_key(bytea, timestamptz);
--> statement-breakpoint
DROP FUNCTION touch_key(text, timestamptz);

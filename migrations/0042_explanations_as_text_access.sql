-- Explanations are read whole and their gaps only here: kept as text they are written in half the time.
CREATE OR REPLACE FUNCTION refresh_standings(ids text[], threshold_default integer, shortlist_default integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO public.scenario_standings (scenario_id, park_id, by_state, by_reached, shown)
    SELECT id, park_id, array_fill(0, ARRAY[12]), array_fill(0, ARRAY[8]), '{}' FROM public.scenarios
    WHERE id = ANY (ids) ORDER BY id ON CONFLICT DO NOTHING;
  PERFORM 1 FROM public.scenario_standings WHERE scenario_id = ANY (ids) ORDER BY scenario_id FOR UPDATE;
  UPDATE public.scenario_standings t SET best_total = c.best_total, by_state = c.by_state, by_reached = c.by_reached,
      shown = c.shown
    FROM (SELECT s.id,
        max(m.total) FILTER (WHERE m.state NOT IN ('declined', 'withdrawn', 'expired', 'retracted')) AS best_total,
        ARRAY[count(*) FILTER (WHERE m.state = 'proposed'), count(*) FILTER (WHERE m.state = 'interest'),
          count(*) FILTER (WHERE m.state = 'mutual'), count(*) FILTER (WHERE m.state = 'introduced'),
          count(*) FILTER (WHERE m.state = 'pilot'), count(*) FILTER (WHERE m.state = 'contracted'),
          count(*) FILTER (WHERE m.state = 'landed'), count(*) FILTER (WHERE m.state = 'scaled'),
          count(*) FILTER (WHERE m.state = 'declined'), count(*) FILTER (WHERE m.state = 'withdrawn'),
          count(*) FILTER (WHERE m.state = 'expired'), count(*) FILTER (WHERE m.state = 'retracted')]::int[] AS by_state,
        ARRAY[count(m.id), count(*) FILTER (WHERE m.reached >= 1), count(*) FILTER (WHERE m.reached >= 2),
          count(*) FILTER (WHERE m.reached >= 3), count(*) FILTER (WHERE m.reached >= 4),
          count(*) FILTER (WHERE m.reached >= 5), count(*) FILTER (WHERE m.reached >= 6),
          count(*) FILTER (WHERE m.reached >= 7)]::int[] AS by_reached,
        coalesce(array_agg(m.capability_id ORDER BY m.rank) FILTER (
          WHERE m.state NOT IN ('declined', 'withdrawn', 'expired', 'retracted')
            AND m.rank <= coalesce(p.shortlist_max, shortlist_default)
            AND m.total >= coalesce(p.match_threshold, threshold_default)), '{}') AS shown
      FROM public.scenarios s LEFT JOIN public.park_settings p ON p.park_id = s.park_id
        LEFT JOIN public.matches m ON m.scenario_id = s.id
      WHERE s.id = ANY (ids) GROUP BY s.id) c
    WHERE t.scenario_id = c.id;
  DELETE FROM public.scenario_gaps WHERE scenario_id = ANY (ids);
  -- Far pairs lack whatever one looks for, so they say nothing; the best one speaks where none comes near.
  INSERT INTO public.scenario_gaps (scenario_id, park_id, field, is_required, is_forbidden, is_only, needs, kinds)
    SELECT m.scenario_id, m.park_id, g.gap ->> 'field', bool_or(g.gap ->> 'level' = 'required'),
      bool_or(g.gap ->> 'verdict' = 'forbidden'),
      bool_or(g.gap ->> 'level' = 'required')
        AND sum(max((g.gap ->> 'level' = 'required')::int)) OVER (PARTITION BY m.scenario_id) = 1,
      coalesce(array_agg(DISTINCT g.gap ->> 'need' ORDER BY g.gap ->> 'need')
        FILTER (WHERE g.gap ->> 'field' = 'modality' AND g.gap ->> 'need' IS NOT NULL), '{}'),
      coalesce(array_agg(DISTINCT g.gap ->> 'resource' ORDER BY g.gap ->> 'resource')
        FILTER (WHERE g.gap ->> 'resource' IS NOT NULL), '{}')
    FROM public.scenario_standings t
      JOIN public.parks k ON k.id = t.park_id
      LEFT JOIN public.park_settings p ON p.park_id = t.park_id
      JOIN public.matches m ON m.scenario_id = t.scenario_id
        AND m.state NOT IN ('declined', 'withdrawn', 'expired', 'retracted')
        AND m.rank <= coalesce(p.shortlist_max, shortlist_default)
        AND m.total >= least(t.best_total, coalesce(p.match_threshold, threshold_default))
      JOIN public.match_explanations e ON e.match_id = m.id AND e.reader = 'park' AND e.organisation_id = k.organisation_id
      CROSS JOIN LATERAL json_array_elements(e.body -> 'gaps') AS g (gap)
    WHERE t.scenario_id = ANY (ids) AND g.gap ->> 'verdict' IN ('missing', 'forbidden')
    GROUP BY m.scenario_id, m.park_id, g.gap ->> 'field';
END
$$;

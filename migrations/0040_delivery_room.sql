-- Each delivery is written twice more: when it is claimed and when it has been sent. Both versions find room beside the
-- first only where half of the page was left free; otherwise a claim has to touch every index.
ALTER TABLE deliveries SET (fillfactor = 48);

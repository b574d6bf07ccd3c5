-- A delivery is claimed and settled soon after it was written. Room in its page, and no index on what a claim changes,
-- let the claim's new version stay in that page without a new entry in any index.
ALTER TABLE deliveries SET (fillfactor = 60);

-- A webhook's secret of before, which signs beside the newer one until then.
ALTER TABLE webhook ADD COLUMN former_secret TEXT;
ALTER TABLE webhook ADD COLUMN former_until INTEGER;

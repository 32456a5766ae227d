-- https://www.w3.org/TR/trace-context/#traceparent-header; null for none.
ALTER TABLE job ADD COLUMN traceparent TEXT;

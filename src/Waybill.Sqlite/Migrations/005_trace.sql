-- The W3C traceparent that an element was taken in with: what is done for it belongs to that trace.
ALTER TABLE element ADD COLUMN trace TEXT;

"""Everything incoming: one page of one source at a time, through `pipeline.ingest`."""

"""One HTTP transport: time-outs, retries, masking, correlation ids."""

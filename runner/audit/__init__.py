"""The log: records, tree, checkpoint, fold, outbox (pure), and the store over git."""

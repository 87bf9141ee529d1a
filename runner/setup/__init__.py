"""How an organisation is set up: the repository that ``init`` writes, and what ``doctor`` finds. Pure."""

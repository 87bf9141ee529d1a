"""The embedded Genesys Cloud and governance receiver; a peer of the runner, sharing only the words."""

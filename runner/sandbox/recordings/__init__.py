"""The recording surface of Genesys Cloud: conversations, bulk jobs, protection, analytics."""

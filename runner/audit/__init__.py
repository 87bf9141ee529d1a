"""What the log says: records and their fold, notices, trust, and what follows from them, all pure."""

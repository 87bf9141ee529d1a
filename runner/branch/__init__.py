"""The log on its branch ``audit/<target>``: fetched, verified, appended to; and this machine's spool."""

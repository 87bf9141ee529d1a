"""What would run, and why: review, counts, guards, digest. Nothing here can write."""

"""GitHub: who approved what, how the repository is set up, and the comments and issues that are ours."""

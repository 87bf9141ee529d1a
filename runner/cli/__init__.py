"""One file a command, loaded lazily; the only room that exits or reads the environment."""

"""The steps that build the database; a released step is never edited."""

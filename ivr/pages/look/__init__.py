"""How pages look: templates, words, ways of writing times."""

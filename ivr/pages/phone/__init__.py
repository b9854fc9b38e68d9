"""The telephone in the page: a call played through the real engine, as far as its caller went."""

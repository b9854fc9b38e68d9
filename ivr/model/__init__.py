"""The nouns: graph, numbers, events, state, actions. Frozen values only; nothing here does anything."""

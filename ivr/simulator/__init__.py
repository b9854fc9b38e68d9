"""The caller's side: calls played against the same engine that serves them, in process or over HTTP."""

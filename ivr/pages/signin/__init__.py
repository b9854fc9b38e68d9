"""How people enter and leave: passwords, one-time links, OpenID Connect."""
